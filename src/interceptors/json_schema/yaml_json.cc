#include "interceptors/json_schema/yaml_json.h"

#include <string_view>

#include "json/document.h"

namespace penstock::json_schema {

namespace {

using config::Node;

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// RFC 8259 section 6.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  std::size_t end = skip_digits(text, 0);
  if (end == 0 || (end > 1 && text.front() == '0')) return false;
  if (end < text.size() && text[end] == '.') {
    const std::size_t begin = ++end;
    end = skip_digits(text, begin);
    if (end == begin) return false;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    ++end;
    if (end < text.size() && (text[end] == '+' || text[end] == '-')) ++end;
    const std::size_t begin = end;
    end = skip_digits(text, begin);
    if (end == begin) return false;
  }
  return end == text.size();
}

bool is_literal(const Node& scalar) {
  if (scalar.quoted) return false;
  const std::string& text = scalar.scalar;
  return text == "true" || text == "false" || is_number(text);
}

void append(std::string& json, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      json += "null";
      return;
    case Node::Kind::kScalar:
      if (is_literal(node)) {
        json += node.scalar;
      } else {
        json::append_quoted(json, node.scalar);
      }
      return;
    case Node::Kind::kList:
      json += '[';
      for (const Node& item : node.items) {
        if (&item != &node.items.front()) json += ',';
        append(json, item);
      }
      json += ']';
      return;
    case Node::Kind::kMap:
      json += '{';
      for (const auto& member : node.members) {
        if (&member != &node.members.front()) json += ',';
        json::append_quoted(json, member.first.scalar);
        json += ':';
        append(json, member.second);
      }
      json += '}';
      return;
  }
}

}  // namespace

std::string to_json(const Node& node) {
  std::string json;
  append(json, node);
  return json;
}

}  // namespace penstock::json_schema
