#include "control/openapi_document.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "json/padding.h"
#include "schema/schema.h"

namespace penstock::control::testing {

using nlohmann::json;

namespace {

json scalar_of(const YAML::Node& node) {
  const json value = json::parse(node.Scalar(), nullptr, /*allow_exceptions=*/false);
  const bool is_text = node.Tag() == "!" || value.is_discarded() || value.is_structured();
  return is_text ? json(node.Scalar()) : value;
}

json json_of_node(const YAML::Node& node) {
  if (node.IsScalar()) return scalar_of(node);
  if (node.IsSequence()) {
    json list = json::array();
    for (const YAML::Node& item : node) list.push_back(json_of_node(item));
    return list;
  }
  if (!node.IsMap()) return nullptr;
  json map = json::object();
  for (const auto& member : node) {
    EXPECT_FALSE(map.contains(member.first.Scalar())) << "twice: " << member.first.Scalar();
    map[member.first.Scalar()] = json_of_node(member.second);
  }
  return map;
}

/// As a schema on its own: its references lead into $defs, and it says nothing of formats.
void make_schema(json& node) {
  if (node.is_object()) {
    node.erase("format");
    constexpr std::string_view kPlace = "#/components/schemas/";
    if (node.contains("$ref")) {
      node["$ref"] = "#/$defs/" + node["$ref"].get<std::string>().substr(kPlace.size());
    }
  }
  if (node.is_structured()) {
    for (json& member : node) make_schema(member);
  }
}

}  // namespace

std::string read_source_file(const std::string& path) {
  std::ifstream file(std::string(PENSTOCK_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

json json_of_yaml(const std::string& yaml) {
  return json_of_node(YAML::Load(yaml));
}

const json& openapi() {
  static const json kDocument = json_of_yaml(read_source_file("config/openapi.yaml"));
  return kDocument;
}

std::set<std::string> methods_of(const json& path_item) {
  std::set<std::string> methods;
  for (std::string method : {"get", "put", "post", "delete", "options", "head", "patch", "trace"}) {
    if (!path_item.contains(method)) continue;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    methods.insert(method);
    if (method == "GET") methods.insert("HEAD");
  }
  return methods;
}

std::set<std::string> words_of(std::string_view list) {
  std::set<std::string> words;
  std::istringstream in{std::string(list)};
  for (std::string word; in >> word;) words.insert(word.substr(0, word.find(',')));
  return words;
}

bool is_served_at(const json& path_item, std::string_view port) {
  const json& servers = path_item.contains("servers") ? path_item["servers"] : openapi()["servers"];
  return std::any_of(servers.begin(), servers.end(), [&](const json& server) {
    return server["url"].get<std::string>() == "http://127.0.0.1:" + std::string(port);
  });
}

std::optional<std::string> misfit(std::string_view name, std::string text) {
  json definitions = openapi()["components"]["schemas"];
  make_schema(definitions);
  const json root{{"$ref", "#/$defs/" + std::string(name)}, {"$defs", std::move(definitions)}};
  std::string schema_text = root.dump();
  penstock::json::reserve_padding(schema_text);
  const auto schema = schema::Schema::compile(schema_text);
  if (!schema) return schema.error().detail;
  penstock::json::reserve_padding(text);
  const auto instance = penstock::json::Document::parse(text);
  if (!instance) return instance.error().public_message;
  const auto violation = schema->validate(*instance);
  if (!violation) return std::nullopt;
  return violation->instance_path + ": " + violation->message;
}

}  // namespace penstock::control::testing
