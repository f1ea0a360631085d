#include <algorithm>
#include <cstdio>
#include <memory>
#include <simdjson.h>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options.h"

namespace penstock::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string compiler() {
#if defined(__clang__)
  return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__) + "." +
         std::to_string(__clang_patchlevel__);
#else
  return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) + "." +
         std::to_string(__GNUC_PATCHLEVEL__);
#endif
}

std::string simdjson_version() {
  return std::to_string(simdjson::SIMDJSON_VERSION_MAJOR) + "." +
         std::to_string(simdjson::SIMDJSON_VERSION_MINOR) + "." +
         std::to_string(simdjson::SIMDJSON_VERSION_REVISION);
}

std::string boost_version() {
  std::string version = BOOST_LIB_VERSION;
  std::replace(version.begin(), version.end(), '_', '.');
  return version;
}

/// OpenSSL's is that of the library in use, which a distribution replaces under the program; the
/// others were fixed by the build.
Json versions() {
  return {{"version", PENSTOCK_VERSION},
          {"compiler", compiler()},
          {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"simdjson", simdjson_version()},
          {"boost", boost_version()}};
}

void print_text(const Json& versions) {
  std::puts("penstock " PENSTOCK_VERSION);
  for (const auto& [name, version] : versions.items()) {
    if (name == "version") continue;
    std::printf("%-9s %s\n", name.c_str(), version.get_ref<const std::string&>().c_str());
  }
}

}  // namespace

void add_version(CLI::App& app, int& exit_code) {
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = app.add_subcommand("version", "print what this program is made of");
  add_format(*command, *format);
  command->footer("Examples:\n  penstock version --format json");
  command->callback([format, &exit_code] {
    if (*format == "json") {
      std::puts(versions().dump().c_str());
    } else {
      print_text(versions());
    }
    exit_code = kGood;
  });
}

}  // namespace penstock::cli
