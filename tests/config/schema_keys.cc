#include "config/schema_keys.h"

#include <algorithm>

#include "config/support.h"

namespace penstock::config::testing {

namespace {

using nlohmann::json;

class Walk {
 public:
  explicit Walk(json root) : root_(std::move(root)) {}

  std::vector<SchemaKey> run() {
    visit_below(root_, {});
    return std::move(keys_);
  }

 private:
  json resolve(const json& schema) const {
    if (!schema.contains("$ref")) return schema;
    const std::string pointer = schema["$ref"].get<std::string>().substr(1);
    json target = resolve(root_.at(json::json_pointer(pointer)));
    target.update(schema);  // what stands beside a reference says more
    target.erase("$ref");
    return target;
  }

  /// A thing that may stand by itself in the place of a list of such: its settings are those of the
  /// items.
  static bool is_one_or_more(const json& schema, const json& alternatives) {
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const json& other) {
      return other.contains("items") && other["items"] == schema;
    });
  }

  /// Visits the settings that stand below a schema, through all of its alternatives.
  bool visit_below(const json& unresolved, const std::vector<std::string>& path) {
    const json schema = resolve(unresolved);
    bool any = false;
    for (const char* branch : {"then", "else"}) {
      if (schema.contains(branch)) any = visit_below(schema[branch], path) || any;
    }
    const json alternatives = schema.value("oneOf", json::array());
    for (const json& alternative : alternatives) {
      if (is_one_or_more(alternative, alternatives)) continue;
      any = visit_below(alternative, path) || any;
    }
    const json properties = schema.value("properties", json::object());
    for (const auto& [key, value] : properties.items()) {
      visit(value, step(path, key));
      any = true;
    }
    if (schema.contains("additionalProperties") &&
        schema["additionalProperties"].contains("$ref")) {
      any = visit_below(schema["additionalProperties"], step(path, "NAME")) || any;
    }
    if (schema.contains("items")) any = visit_below(schema["items"], step(path, "[]")) || any;
    return any;
  }

  void visit(const json& schema, const std::vector<std::string>& path) {
    const std::size_t at = keys_.size();
    keys_.push_back({path, resolve(schema)});
    const bool is_map = visit_below(schema, path);
    keys_[at].is_map = is_map;
  }

  static std::vector<std::string> step(std::vector<std::string> path, const std::string& key) {
    path.push_back(key);
    return path;
  }

  json root_;
  std::vector<SchemaKey> keys_;
};

}  // namespace

std::string SchemaKey::name() const {
  std::string name;
  for (std::size_t i = is_in_chain() && path.size() > 2 ? 2 : 0; i < path.size(); ++i) {
    if (!name.empty() && path[i] != "[]") name += ".";
    name += path[i];
  }
  return name;
}

std::vector<SchemaKey> schema_keys() {
  return Walk(json::parse(read_source_file("config/penstock.schema.json"))).run();
}

std::vector<json> values_at(const json& document, const std::vector<std::string>& path) {
  std::vector<json> found{document};
  for (const std::string& step : path) {
    std::vector<json> below;
    for (const json& value : found) {
      if (step == "NAME" || step == "[]") {
        below.insert(below.end(), value.begin(), value.end());
      } else if (value.is_object() && value.contains(step)) {
        below.push_back(value[step]);
      }
    }
    found = std::move(below);
  }
  return found;
}

json as_texts(const json& value) {
  return value.is_number() || value.is_boolean() ? json(value.dump()) : value;
}

}  // namespace penstock::config::testing
