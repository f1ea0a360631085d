#include "interceptors/json_schema/response_options.h"

#include <string>
#include <string_view>

namespace penstock::json_schema {

namespace {

using config::Node;
using Structured = ResponseOptions::Structured;

bool is_word(const Node& node, std::string_view word) {
  return node.kind == Node::Kind::kScalar && node.scalar == word;
}

std::uint64_t at_most(config::MapReader& map, std::string_view key, std::uint64_t value,
                      std::uint64_t most, std::string_view most_in_words) {
  if (value <= most) return value;
  const Node* node = map.find(key);
  map.diagnostics().error(*node, "expected at most " + std::string(most_in_words));
  return most;
}

Structured parse_structured(const Node& node, config::Diagnostics& diagnostics) {
  Structured structured;
  config::MapReader map(node, diagnostics);
  structured.retry = at_most(map, "retry", map.count("retry", structured.retry),
                             ResponseOptions::kMaxRetries, "5");
  structured.hold =
      at_most(map, "hold", map.bytes("hold", structured.hold), ResponseOptions::kMaxHold, "1MiB");
  structured.max_content =
      at_most(map, "max_content", map.bytes("max_content", structured.max_content),
              ResponseOptions::kMaxContent, "64MiB");
  if (structured.max_content == 0) {
    diagnostics.error(*map.find("max_content"), "must be more than 0");
  }
  return structured;
}

}  // namespace

ResponseOptions parse_response_options(const Node* node, config::Diagnostics& diagnostics) {
  ResponseOptions options;
  if (node == nullptr || is_word(*node, "none")) return options;
  if (is_word(*node, "provider")) {
    options.provider = true;
  } else if (is_word(*node, "structured")) {
    options.structured.emplace();
  } else if (node->kind == Node::Kind::kMap) {
    config::MapReader map(*node, diagnostics);
    options.provider = map.boolean("provider", false);
    const Node* structured = map.find("structured");
    if (structured != nullptr && structured->kind == Node::Kind::kMap) {
      options.structured = parse_structured(*structured, diagnostics);
    } else if (map.boolean("structured", false)) {
      options.structured.emplace();
    }
  } else {
    diagnostics.error(*node, "expected `none`, `provider`, `structured` or a map of the two");
  }
  return options;
}

}  // namespace penstock::json_schema
