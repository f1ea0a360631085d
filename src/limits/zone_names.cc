#include "limits/zone_names.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "penstock/headers.h"

#include "base/nearest.h"

namespace penstock::limits {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNameBytes = 64;  // the longest of today has 32
constexpr int kMaxWords = 3;               // America/Argentina/Buenos_Aires
constexpr std::size_t kMaxListedZones = 5000;

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_inner(char c) {
  return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '+';
}

bool has_form_of_zone(std::string_view name) {
  if (name.size() > kMaxNameBytes) return false;
  int words = 0;
  char before = '/';
  for (const char c : name) {
    const bool begins = before == '/';
    if (begins) ++words;
    if (begins ? !is_capital(c) : !is_inner(c) && c != '/') return false;
    before = c;
  }
  return before != '/' && words <= kMaxWords;
}

/// Where Abseil looks for zones.
fs::path database() {
  const char* folder = std::getenv("TZDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/// All names: the zones (Z) and links (L) in the text form that the database brings along.
std::vector<std::string> listed_zones() {
  std::vector<std::string> names;
  std::ifstream list(database() / "tzdata.zi");
  for (std::string line; names.size() < kMaxListedZones && std::getline(list, line);) {
    std::istringstream words(line);
    std::string kind, first, second;
    words >> kind >> first >> second;
    if (kind == "Z") names.push_back(first);
    if (kind == "L") names.push_back(second);
  }
  return names;
}

/// The zone that was probably meant.
std::optional<std::string> nearest_zone(std::string_view name) {
  const std::vector<std::string> zones = listed_zones();
  const auto same = std::find_if(zones.begin(), zones.end(), [&](const std::string& zone) {
    return equals_ignoring_case(zone, name);
  });
  return same != zones.end() ? *same : nearest(name, zones);
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool has_database() {
  std::error_code ignored;
  return fs::is_regular_file(database() / "Etc/UTC", ignored);
}

}  // namespace

bool is_zone(std::string_view name) {
  std::error_code ignored;
  return has_form_of_zone(name) &&
         (name == "UTC" || fs::is_regular_file(database() / name, ignored));
}

Error unknown_zone(std::string_view name) {
  const bool showable = name.size() <= kMaxNameBytes && is_printable(name);
  std::string message = "there is no time zone ";
  message += showable ? "`" + std::string(name) + "`" : "of that name";
  if (!has_database()) {
    return invalid_request(message + " on this machine; install the package tzdata, or use `UTC`");
  }
  const auto near = showable ? nearest_zone(name) : std::nullopt;
  return invalid_request(message + (near ? "; did you mean `" + *near + "`?"
                                         : "; expected one such as `Europe/Berlin` or `UTC`"));
}

}  // namespace penstock::limits
