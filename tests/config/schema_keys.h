#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace penstock::config::testing {

/// One setting that config/penstock.schema.json describes.
struct SchemaKey {
  std::vector<std::string> path;  // steps; "NAME" stands for any key of a map, "[]" for any item
  nlohmann::json schema;          // references resolved
  bool is_map = false;            // has settings below it

  /// "upstreams.NAME.timeouts.connect"; interceptors stand without "chain[].".
  std::string name() const;
  bool is_in_chain() const { return path.front() == "chain"; }
};

/// All of them, in depth-first order, maps before what is in them.
std::vector<SchemaKey> schema_keys();

/// The values at a path of a document; several where a step stands for any item.
std::vector<nlohmann::json> values_at(const nlohmann::json& document,
                                      const std::vector<std::string>& path);

/// A default as the YAML file spells it: numbers and booleans become texts.
nlohmann::json as_texts(const nlohmann::json& value);

}  // namespace penstock::config::testing
