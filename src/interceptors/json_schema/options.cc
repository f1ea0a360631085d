#include "interceptors/json_schema/options.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "config/files.h"
#include "schema/builtin.h"

namespace penstock::json_schema {

namespace {

schema::Schema compile_builtin(std::string_view name) {
  auto compiled = schema::Schema::compile(schema::builtin(name));
  PENSTOCK_CHECK(compiled.has_value(), "the built-in schemas compile, as the tests show");
  return std::move(*compiled);
}

std::optional<schema::Schema> compile_file(const config::Node& options,
                                           config::Diagnostics& diagnostics,
                                           std::vector<std::string>& files) {
  config::MapReader map(options, diagnostics);
  const config::Node* name = map.required("file");
  if (name == nullptr) return std::nullopt;
  const std::string path = map.text("file");
  if (path.empty()) {
    if (name->kind == config::Node::Kind::kScalar) {
      diagnostics.error(*name, "expected the path of a file");
    }
    return std::nullopt;
  }
  files.push_back(config::resolve_path(*name, path));
  const auto text = config::read_file(files.back(), kMaxSchemaBytes);
  if (!text) {
    diagnostics.error(*name, text.error().public_message);
    return std::nullopt;
  }
  auto compiled = schema::Schema::compile(*text);
  if (!compiled) {
    diagnostics.error(*name, "the schema is not usable: " + compiled.error().detail);
    return std::nullopt;
  }
  return std::move(*compiled);
}

}  // namespace

Schemas parse_options(const config::Node& node, config::Diagnostics& diagnostics) {
  config::MapReader map(node, diagnostics);
  const config::Node* request = map.find("request");
  const bool is_word = request != nullptr && request->kind == config::Node::Kind::kScalar;
  Schemas schemas;
  schemas.response = parse_response_options(map.find("response"), diagnostics);
  if (is_word && request->scalar == "none") return schemas;
  schemas.completions = compile_builtin("completions");
  schemas.embeddings = compile_builtin("embeddings");
  if (request == nullptr || (is_word && request->scalar == "builtin")) {
    schemas.chat_completions = compile_builtin("chat_completions");
  } else if (request->kind == config::Node::Kind::kMap) {
    schemas.chat_completions = compile_file(*request, diagnostics, schemas.files);
  } else {
    diagnostics.error(*request, "expected `builtin`, `none` or `{file: PATH}`");
  }
  return schemas;
}

}  // namespace penstock::json_schema
