#include "interceptors/json_schema/schema_reader.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "config/files.h"
#include "interceptors/json_schema/yaml_json.h"
#include "schema/builtin.h"

namespace penstock::json_schema {

using config::Node;

SchemaReader::SchemaReader(config::MapReader& map, std::vector<std::string>& files)
    : diagnostics_(&map.diagnostics()), files_(&files) {
  if (const Node* refs = map.find("refs")) read_refs(*refs);
  assert_formats_ = map.choice("formats", {"annotate", "assert"}, 0) == 1;
}

void SchemaReader::read_refs(const Node& refs) {
  if (refs.kind != Node::Kind::kMap) {
    diagnostics_->error(refs, "expected a map of documents, `URI: PATH`");
  }
  for (const auto& [uri, path] : refs.members) {
    const auto text = read(path);
    if (!text) continue;
    if (const auto added = documents_.add(uri.scalar, *text); !added) {
      diagnostics_->error(path, "the document is not usable: " + added.error().detail);
    }
  }
}

SchemaReader::Shared SchemaReader::builtin(std::string_view name) {
  Shared& place = builtins_[std::string(name)];
  if (!place) {
    auto compiled = schema::Schema::compile(schema::builtin(name));
    PENSTOCK_CHECK(compiled.has_value(), "the built-in schemas compile, as the tests show");
    place = std::make_shared<const schema::Schema>(std::move(*compiled));
  }
  return place;
}

SchemaReader::Shared SchemaReader::file(const Node& path) {
  const auto text = read(path);
  return text ? compile(path, *text) : nullptr;
}

SchemaReader::Shared SchemaReader::written(const Node& schema) {
  return compile(schema, to_json(schema));
}

std::optional<std::string> SchemaReader::read(const Node& path) {
  if (path.kind != Node::Kind::kScalar || path.scalar.empty()) {
    diagnostics_->error(path, "expected the path of a file");
    return std::nullopt;
  }
  files_->push_back(config::resolve_path(path, path.scalar));
  auto text = config::read_file(files_->back(), kMaxSchemaBytes);
  if (!text) {
    diagnostics_->error(path, text.error().public_message);
    return std::nullopt;
  }
  return std::move(*text);
}

SchemaReader::Shared SchemaReader::compile(const Node& at, std::string_view text) {
  schema::CompileOptions options;
  options.assert_formats = assert_formats_;
  options.documents = &documents_;
  auto compiled = schema::Schema::compile(text, options);
  if (!compiled) {
    diagnostics_->error(at, "the schema is not usable: " + compiled.error().detail);
    return nullptr;
  }
  for (const std::string& warning : compiled->warnings()) {
    diagnostics_->warning(at, "of the schema: " + warning);
  }
  return std::make_shared<const schema::Schema>(std::move(*compiled));
}

}  // namespace penstock::json_schema
