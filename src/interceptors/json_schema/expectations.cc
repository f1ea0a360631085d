#include "interceptors/json_schema/expectations.h"

#include <algorithm>
#include <utility>

#include "interceptors/json_schema/validation.h"

namespace penstock::json_schema {

namespace {

using simdjson::dom::element;
using SchemaPointer = Expectations::SchemaPointer;

constexpr std::string_view kAnything = "true";
constexpr std::string_view kObject = R"({"type":"object"})";
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::string_view kBadFormat = "invalid_json_schema";
constexpr std::string_view kBadFunction = "invalid_function_parameters";

std::string_view text_at(element value, std::string_view key) {
  std::string_view text;
  return value[key].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// Reads the schemas of one request.
class Reader {
 public:
  explicit Reader(schema::SchemaCache& cache) : cache_(cache) {}

  Result<SchemaPointer> format(element root) {
    element format;
    if (root["response_format"].get(format) != simdjson::SUCCESS) return SchemaPointer();
    const std::string_view type = text_at(format, "type");
    if (type == "json_object") return compiled(cache_, kObject);
    element definition;
    if (type != "json_schema" || format["json_schema"].get(definition) != simdjson::SUCCESS) {
      return SchemaPointer();
    }
    return schema_at(definition, "schema", kAnything,
                     {"response_format.json_schema.schema", kBadFormat});
  }

  /// The functions in the list at `key`, each as a whole item or `below` a member of it.
  Result<void> functions(element root, std::string_view key, std::string_view below,
                         std::vector<Expectations::Tool>& tools) {
    simdjson::dom::array list;
    if (root[key].get_array().get(list) != simdjson::SUCCESS) return {};
    std::size_t index = 0;
    for (const element item : list) {
      std::string path = std::string(key) + "[" + std::to_string(index++) + "]";
      element function = item;
      if (!below.empty()) {
        if (item[below].get(function) != simdjson::SUCCESS) continue;
        path.append(".").append(below);
      }
      const std::string_view name = text_at(function, "name");
      if (name.empty()) continue;
      SchemaPointer parameters =
          TRY(schema_at(function, "parameters", kObject, {path + ".parameters", kBadFunction}));
      tools.push_back({std::string(name), std::move(parameters)});
    }
    return {};
  }

 private:
  /// How an unusable schema is told.
  struct Place {
    std::string param;
    std::string_view code;
  };

  /// The schema that stands at `key`, or `otherwise` where there is none.
  Result<SchemaPointer> schema_at(element parent, std::string_view key, std::string_view otherwise,
                                  const Place& place) {
    element found;
    if (parent[key].get(found) != simdjson::SUCCESS || found.is_null()) {
      return compiled(cache_, otherwise);
    }
    const std::string text = simdjson::minify(found);
    bytes_ += text.size();
    if (bytes_ > kMaxBytes) {
      return bad_schema(place, "all schemas of a request together may have " +
                                   std::to_string(kMaxBytes) + " bytes");
    }
    auto schema = compiled(cache_, text);
    if (schema || schema.error().kind == ErrorKind::kOverloaded) return schema;
    return bad_schema(place, schema.error().detail);
  }

  static Error bad_schema(const Place& place, const std::string& reason) {
    return invalid_request("the schema is not usable: " + reason, place.param,
                           std::string(place.code));
  }

  schema::SchemaCache& cache_;
  std::size_t bytes_ = 0;
};

}  // namespace

const schema::CompiledSchema* Expectations::find_tool(std::string_view name) const noexcept {
  const auto named = [name](const Tool& tool) { return tool.name == name; };
  const auto tool = std::find_if(tools.begin(), tools.end(), named);
  return tool == tools.end() ? nullptr : tool->parameters.get();
}

Result<Expectations> read_expectations(const json::Document& request, schema::SchemaCache& cache) {
  const element root = request.root();
  Reader reader(cache);
  Expectations expectations;
  expectations.content = TRY(reader.format(root));
  TRY_VOID(reader.functions(root, "tools", "function", expectations.tools));
  TRY_VOID(reader.functions(root, "functions", "", expectations.tools));
  return expectations;
}

}  // namespace penstock::json_schema
