#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "penstock/error.h"

#include "control/endpoints.h"
#include "control/openapi_document.h"
#include "server/routes.h"

// config/openapi.yaml is written by hand. These tests hold it against what is served: neither may
// know a path, a method or a status that the other does not.

namespace penstock::control::testing {
namespace {

using nlohmann::json;
using server::match_route;
using Words = std::set<std::string>;

constexpr const char* kClientPort = "4000";
constexpr const char* kControlPort = "4001";
constexpr const char* kNoMethod = "NONE";

/// The methods that the client port allows at a path; nothing where there is no such path.
Words allowed_at(const std::string& path) {
  const auto match = match_route(kNoMethod, {path, {}});
  const bool found = !match && match.error().kind == ErrorKind::kMethodNotAllowed;
  return found ? words_of(match.error().detail) : Words{};
}

/// The paths that stand in the table of the client port, below a base or by themselves.
Words literals_of_the_table() {
  const std::string source = read_source_file("src/server/routes.cc");
  const std::regex literal("\"(/[a-z0-9/_.]+)\"");
  Words all;
  for (std::sregex_iterator at(source.begin(), source.end(), literal), end; at != end; ++at) {
    all.insert((*at)[1]);
  }
  return all;
}

struct Table {
  Words bases;
  Words entries;  // with the base /v1 where they have one
};

Table table_of_the_client_port() {
  Table table;
  for (const std::string& literal : literals_of_the_table()) {
    if (!allowed_at("/v1" + literal).empty()) {
      table.entries.insert("/v1" + literal);
    } else if (!allowed_at(literal).empty()) {
      table.entries.insert(literal);
    } else if (!allowed_at(literal + "/models").empty()) {
      table.bases.insert(literal);
    } else {
      ADD_FAILURE() << literal << " of routes.cc is neither a path nor a base";
    }
  }
  return table;
}

/// The entry of the table that decides about a path.
std::string entry_of(const Table& table, const std::string& path) {
  std::string best;
  for (const std::string& entry : table.entries) {
    const bool fits = path == entry || path.starts_with(entry + "/");
    if (fits && entry.size() > best.size()) best = entry;
  }
  return best;
}

std::string with_values(const std::string& path) {
  return std::regex_replace(path, std::regex("\\{[a-z_]+\\}"), "value");
}

TEST(OpenApi, HasEveryRouteOfTheClientPortWithItsMethods) {
  const Table table = table_of_the_client_port();
  EXPECT_GE(table.entries.size(), 13u);
  std::map<std::string, Words> described;
  for (const auto& [path, item] : openapi()["paths"].items()) {
    if (is_served_at(item, kClientPort)) described[entry_of(table, path)].merge(methods_of(item));
  }
  for (const std::string& entry : table.entries) {
    EXPECT_EQ(described[entry], allowed_at(entry)) << entry;
  }
}

TEST(OpenApi, HasTheBasesOfTheClientPortAsServers) {
  Words served;
  for (const std::string& base : table_of_the_client_port().bases) {
    served.insert("http://127.0.0.1:4000" +
                  base.substr(0, base.size() - std::string("/v1").size()));
  }
  Words described;
  for (const json& server : openapi()["servers"]) described.insert(server["url"]);
  EXPECT_EQ(described, served);
  EXPECT_EQ(described.size(), 3u);
}

TEST(OpenApi, HasNoPathThatTheClientPortDoesNotServe) {
  const Table table = table_of_the_client_port();
  for (const auto& [path, item] : openapi()["paths"].items()) {
    if (!is_served_at(item, kClientPort)) continue;
    for (const std::string& method : methods_of(item)) {
      EXPECT_TRUE(match_route(method, {with_values(path), {}})) << method << " " << path;
      if (!path.starts_with("/v1/")) continue;
      for (const std::string& base : table.bases) {
        const std::string same = base + path.substr(std::string("/v1").size());
        EXPECT_TRUE(match_route(method, {with_values(same), {}})) << method << " " << same;
      }
    }
  }
}

TEST(OpenApi, HasExactlyThePathsOfTheControlPort) {
  std::map<std::string, Words> described;
  for (const auto& [path, item] : openapi()["paths"].items()) {
    if (is_served_at(item, kControlPort)) described[path] = methods_of(item);
  }
  std::map<std::string, Words> served;
  for (const Endpoint& each : endpoints()) {
    served[std::string(each.path)] = words_of(each.methods);
  }
  EXPECT_EQ(described, served);
}

TEST(OpenApi, SaysForEachPathWhoNeedsAKey) {
  for (const auto& [path, item] : openapi()["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters" || method == "servers") continue;
      const auto endpoint = find_endpoint(path);
      if (!endpoint) {
        EXPECT_FALSE(operation.contains("security")) << path;  // as for the whole client port
      } else if ((*endpoint)->audience == Audience::kEverybody) {
        EXPECT_EQ(operation["security"], json::array()) << path;
      } else {
        EXPECT_EQ(operation["security"], json::parse(R"([{"adminKey":[]},{}])")) << path;
      }
    }
  }
}

/// Kinds of errors that a client can be told.
std::vector<ErrorKind> kinds() {
  std::vector<ErrorKind> all;
  for (int i = 0; i < static_cast<int>(ErrorKind::kCancelled); ++i) {
    all.push_back(static_cast<ErrorKind>(i));
  }
  return all;
}

TEST(OpenApi, HasTheStatusesAndCodesOfEveryError) {
  const json& document = openapi();
  const json& answers = document["paths"]["/v1/chat/completions"]["post"]["responses"];
  Words statuses;
  for (const ErrorKind kind : kinds()) {
    const ErrorDescription description = describe(kind);
    const std::string status = std::to_string(description.status);
    statuses.insert(status);
    ASSERT_TRUE(answers.contains(status)) << status;
    const std::string reference = answers[status]["$ref"];
    const json& answer = document.at(json::json_pointer(reference.substr(1)));
    EXPECT_EQ(answer["content"]["application/json"]["schema"]["$ref"],
              "#/components/schemas/Error");
    if (description.code == nullptr) continue;
    EXPECT_THAT(answer["description"].get<std::string>(),
                ::testing::HasSubstr("`" + std::string(description.code) + "`"))
        << status;
  }
  Words described;
  for (const auto& [status, answer] : answers.items()) described.insert(status);
  described.erase("200");
  EXPECT_EQ(described, statuses);
}

TEST(OpenApi, HasTheHeadersThatTheGatewayAdds) {
  const json& answers = openapi()["paths"]["/v1/chat/completions"]["post"]["responses"];
  Words names;
  for (const auto& [name, header] : answers["200"]["headers"].items()) names.insert(name);
  const json& limited = openapi()["components"]["responses"]["TooManyRequests"];
  for (const auto& [name, header] : limited["headers"].items()) names.insert(name);
  EXPECT_EQ(names, (Words{"retry-after", "retry-after-ms", "x-penstock-overhead-us",
                          "x-penstock-upstream", "x-ratelimit-limit-requests",
                          "x-ratelimit-limit-tokens", "x-ratelimit-remaining-requests",
                          "x-ratelimit-remaining-tokens", "x-ratelimit-reset-requests",
                          "x-ratelimit-reset-tokens", "x-request-id", "x-should-retry"}));
}

std::string component_name(std::string name, const std::string& definition) {
  bool begins = true;
  for (const char c : definition) {
    if (c != '_') name += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '_';
  }
  return name;
}

/// Descriptions say the same in other line breaks; the rest has to be the same. `prefix`: how the
/// components begin that definitions became.
void make_comparable(json& node, const std::string& prefix) {
  if (node.is_object()) {
    if (node.contains("description") && node["description"].is_string()) node.erase("description");
    for (const char* name : {"$schema", "title", "$defs"}) node.erase(name);
    if (node.contains("$ref")) {
      const std::string reference = node["$ref"];
      const std::size_t name = reference.rfind('/') + 1;
      node["$ref"] = reference.starts_with("#/$defs/")
                         ? "#/components/schemas/" + component_name(prefix, reference.substr(name))
                         : reference;
    }
  }
  if (node.is_structured()) {
    for (json& member : node) make_comparable(member, prefix);
  }
}

void expect_same_schema(const std::string& component, json schema, const std::string& prefix = {}) {
  json described = openapi()["components"]["schemas"][component];
  make_comparable(described, prefix);
  make_comparable(schema, prefix);
  EXPECT_EQ(described, schema) << component;
}

json load_schema(const std::string& name) {
  return json::parse(read_source_file("config/schemas/" + name));
}

/// The schema and its definitions, which are components whose names begin with `prefix`.
void expect_same_schemas(const std::string& component, const std::string& file,
                         const std::string& prefix) {
  const json schema = load_schema(file);
  expect_same_schema(component, schema, prefix);
  EXPECT_GE(schema["$defs"].size(), 7u);
  for (const auto& [name, definition] : schema["$defs"].items()) {
    expect_same_schema(component_name(prefix, name), definition, prefix);
  }
}

TEST(OpenApi, DescribesTheRequestsThatJsonSchemaLetsThrough) {
  expect_same_schemas("ChatCompletionRequest", "chat_completions.json", "Chat");
  expect_same_schemas("ResponseRequest", "responses.json", "Response");
  expect_same_schema("CompletionRequest", load_schema("completions.json"));
  expect_same_schema("EmbeddingRequest", load_schema("embeddings.json"));
  expect_same_schema("ModerationRequest", load_schema("moderations.json"));
}

void collect_references(const json& node, Words& references) {
  if (node.is_object() && node.contains("$ref")) references.insert(node["$ref"]);
  if (!node.is_structured()) return;
  for (const json& member : node) collect_references(member, references);
}

TEST(OpenApi, HasAUseForEveryComponentAndAComponentForEveryUse) {
  Words used;
  collect_references(openapi(), used);
  Words defined;
  for (const auto& [kind, components] : openapi()["components"].items()) {
    if (kind == "securitySchemes") continue;  // these are used by name
    for (const auto& [name, component] : components.items()) {
      defined.insert("#/components/" + kind + "/" + name);
    }
  }
  EXPECT_EQ(defined, used);
}

TEST(OpenApi, IsOfThisVersion) {
  EXPECT_EQ(openapi()["info"]["version"], PENSTOCK_VERSION);
}

}  // namespace
}  // namespace penstock::control::testing
