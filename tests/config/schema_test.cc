#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/schema_keys.h"
#include "config/support.h"
#include "config/yaml.h"

// config/penstock.schema.json and config/penstock.yaml are written by hand. These tests hold them
// against the loader: neither may know a setting, or a default, that the other does not.

namespace penstock::config::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<SchemaKey> loader_keys() {
  std::vector<SchemaKey> keys = schema_keys();
  std::erase_if(keys, [](const SchemaKey& key) { return key.is_in_chain(); });
  return keys;
}

/// The kind of upstream that a setting belongs to.
std::string kind_of(const SchemaKey& key) {
  return key.path.back() == "pace" ? "demo" : "openai";
}

/// A document, as small as can be without contradicting itself, with `value` at `path`. JSON is
/// YAML too.
json document_with(const std::vector<std::string>& path, const json& value,
                   const std::string& kind) {
  json document{{"upstreams", {{"NAME", {{"kind", kind}}}}}};
  if (path.size() == 3 && path[0] == "server" && path[1] == "tls") {
    document["server"]["tls"] = {{"certificate_file", "/dev/null"},
                                 {"key_file", "/dev/null"},
                                 {"client_ca_file", "/dev/null"}};
  }
  json* at = &document;
  for (const std::string& step : path) at = &(*at)[step];
  *at = value;
  return document;
}

json sample_of(const SchemaKey& key) {
  if (key.schema.contains("default")) return key.schema["default"];
  if (key.schema.contains("examples")) return key.schema["examples"][0];
  return key.is_map ? json::object() : json("NAME");
}

TEST(ConfigurationSchema, HasKeysOfEverySection) {
  std::set<std::string> names;
  for (const SchemaKey& key : schema_keys()) names.insert(key.name());
  for (const char* name :
       {"server.listen", "server.timeouts.write_idle", "control.admin_key", "upstreams.NAME.kind",
        "upstreams.NAME.tls.ca_file", "upstreams.NAME.pace", "models.NAME.upstream", "chain",
        "header.request.set", "log.max_content", "auth.keys[].sha256", "json_schema.request[].file",
        "json_schema.also[].models", "token_limit.limits[].every"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(ConfigurationSchema, HasNoKeyThatTheLoaderDoesNotKnow) {
  for (const SchemaKey& key : loader_keys()) {
    const json document = document_with(key.path, sample_of(key), kind_of(key));
    const std::string errors = try_load(document.dump()).errors;
    EXPECT_THAT(errors, Not(HasSubstr("unknown key"))) << key.name();
    EXPECT_THAT(errors, Not(HasSubstr("is a setting of"))) << key.name();
  }
}

/// What the loader names as known when it meets a key that nobody can have meant.
std::set<std::string> keys_known_to_loader(std::vector<std::string> map) {
  map.emplace_back("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq");
  const std::string errors = try_load(document_with(map, 1, "openai").dump()).errors;
  const std::size_t list = errors.find("; known: ");
  std::set<std::string> keys;
  if (list == std::string::npos) return keys;
  std::istringstream words(errors.substr(list, errors.find('\n', list) - list));
  std::string word;
  std::getline(words, word, '`');  // what stands before the first of them
  while (std::getline(words, word, '`')) {
    keys.insert(word);
    std::getline(words, word, '`');  // what stands between two
  }
  return keys;
}

TEST(ConfigurationSchema, HasEveryKeyThatTheLoaderKnows) {
  std::map<std::vector<std::string>, std::set<std::string>> maps;  // path of a map, its keys
  for (const SchemaKey& key : schema_keys()) {
    if (key.is_in_chain() && key.path.size() > 1) continue;
    const std::vector<std::string> parent(key.path.begin(), key.path.end() - 1);
    maps[parent].insert(key.path.back());
  }
  EXPECT_EQ(maps.size(), 13u);
  for (const auto& [path, keys] : maps) {
    EXPECT_EQ(keys, keys_known_to_loader(path)) << ::testing::PrintToString(path);
  }
}

TEST(ConfigurationSchema, StatesTheDefaultsOfTheLoader) {
  for (const SchemaKey& key : loader_keys()) {
    if (!key.schema.contains("default")) continue;
    const json document = document_with(key.path, key.schema["default"], kind_of(key));
    const Loaded stated = try_load(document.dump());
    const json without = document_with(key.path, nullptr, kind_of(key));
    const Loaded silent = try_load(without.dump());
    EXPECT_EQ(stated.errors, "") << key.name();
    EXPECT_EQ(describe(stated.config), describe(silent.config)) << key.name();
  }
}

TEST(ConfigurationSchema, LeavesADefaultOutOnlyWhereThereIsNone) {
  std::set<std::string> without;
  for (const SchemaKey& key : loader_keys()) {
    if (!key.is_map && !key.schema.contains("default")) without.insert(key.name());
  }
  EXPECT_EQ(without,
            (std::set<std::string>{
                "control.admin_key", "model_data.prices", "model_data.tokens",  // the program's own
                "models.NAME.model", "models.NAME.upstream", "server.cors.origins",
                "server.state_dir", "upstreams.NAME.api_key", "upstreams.NAME.api_key_file",
                "upstreams.NAME.kind",   // of a demo
                "upstreams.NAME.proxy",  // the environment's
                "server.tls.certificate_file", "server.tls.key_file", "server.tls.client_ca_file",
                "upstreams.NAME.tls.ca_file", "upstreams.NAME.tls.certificate_file",
                "upstreams.NAME.tls.key_file"}));
}

TEST(ConfigurationSchema, DescribesEveryKey) {
  for (const SchemaKey& key : schema_keys()) {
    EXPECT_FALSE(key.schema.value("description", "").empty()) << key.name();
  }
}

/// A line of the sample file that is a setting, switched on or off by a number sign.
struct SettingLine {
  std::string indent;
  std::string text;  // without the number sign

  std::string key() const { return text.substr(0, text.find(':')); }
  bool has_value() const {
    const std::size_t value = text.find_first_not_of(' ', text.find(':') + 1);
    return value != std::string::npos && text[value] != '#';
  }
  bool has_comment() const { return text.find(" #") != std::string::npos; }
};

std::optional<SettingLine> setting_line(const std::string& line) {
  std::size_t start = std::min(line.find_first_not_of(' '), line.size());
  const std::string indent = line.substr(0, start);
  if (line.substr(start).starts_with("#")) ++start;
  const std::string text = line.substr(start);
  const std::size_t word = text.starts_with("- ") ? 2 : 0;
  const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", word);
  if (end == std::string::npos || end == word || text[end] != ':') return std::nullopt;
  return SettingLine{indent, text};
}

/// The sample file with everything switched on that a number sign switches off.
std::string sample_switched_on() {
  std::istringstream lines(read_source_file("config/penstock.yaml"));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const auto setting = setting_line(line);
    text += (setting ? setting->indent + setting->text : line) + "\n";
  }
  return text;
}

TEST(SampleConfiguration, LoadsAsItStandsWithoutAnyEnvironment) {
  Diagnostics diagnostics;
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return {}; };
  const Config config =
      load(read_source_file("config/penstock.yaml"), "penstock.yaml", nothing, diagnostics);
  EXPECT_EQ(to_text(diagnostics), "");
  const auto sample = describe(config);
  const auto silent = describe(try_load("upstreams: {demo: {kind: demo}}").config);
  for (const char* section : {"server", "control", "upstreams", "models", "auth_none"}) {
    EXPECT_EQ(sample[section], silent[section]) << section;
  }
}

/// Whoever shows how to switch a thing on shows the other value.
bool shows_the_other(const std::string& name) {
  return name == "auth.passthrough" || name == "auth.client_certificate" ||
         name == "json_schema.response.provider" || name == "json_schema.response.structured";
}

TEST(SampleConfiguration, NamesEveryKeyWithItsDefault) {
  Diagnostics diagnostics;
  const auto root = parse_yaml(sample_switched_on(), "penstock.yaml", diagnostics);
  ASSERT_EQ(to_text(diagnostics), "");
  const json sample = describe(*root);
  for (const SchemaKey& key : schema_keys()) {
    const std::vector<json> values = values_at(sample, key.path);
    EXPECT_FALSE(values.empty()) << key.name();
    if (!key.schema.contains("default") || shows_the_other(key.name())) continue;
    const bool shown =
        std::find(values.begin(), values.end(), as_texts(key.schema["default"])) != values.end();
    EXPECT_TRUE(shown) << key.name();
  }
}

TEST(SampleConfiguration, ExplainsEveryKey) {
  std::istringstream lines(read_source_file("config/penstock.yaml"));
  std::set<std::string> silent;
  for (std::string line; std::getline(lines, line);) {
    const auto setting = setting_line(line);
    if (setting && setting->has_value() && !setting->has_comment()) silent.insert(setting->key());
  }
  // Explained in the line above or by their own words.
  EXPECT_EQ(silent, (std::set<std::string>{"add", "base_url", "key", "origins", "remove", "rename",
                                           "set"}));
}

}  // namespace
}  // namespace penstock::config::testing
