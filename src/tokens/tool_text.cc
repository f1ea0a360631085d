#include "tokens/tool_text.h"

#include <set>
#include <string_view>

#include "tokens/request.h"

namespace penstock::tokens {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Writes schemas as TypeScript would say it.
class Writer {
 public:
  void add_function(object function);
  std::string finish() {
    text_ += "} // namespace functions";
    return std::move(text_);
  }

 private:
  void add_properties(object schema, std::size_t indent);
  void add_type(object schema, std::size_t indent);
  void add_known_type(object schema, std::size_t indent);
  void add_words(array words, std::string_view quote);
  void add_alternatives(array schemas, std::size_t indent);
  void add_indented(std::size_t indent, std::string_view text) {
    text_.append(indent, ' ').append(text);
  }

  std::string text_ = "namespace functions {\n\n";
  int depth_ = 0;  // of the type that is written
};

/// Schemas are nested a few levels deep. What lies deeper is written as it is, since the stack of a
/// fiber is small.
constexpr int kMostDepth = 8;

void Writer::add_function(object function) {
  const std::string_view description = find_text(function, "description");
  if (!description.empty()) text_.append("// ").append(description).append("\n");
  text_.append("type ").append(find_text(function, "name"));
  const auto parameters = find_object(function, "parameters");
  const auto properties = parameters ? find_object(*parameters, "properties") : std::nullopt;
  if (properties && properties->size() > 0) {
    text_ += " = (_: {\n";
    add_properties(*parameters, 0);
    text_ += "}) => any;\n\n";
  } else {
    text_ += " = () => any;\n\n";
  }
}

std::set<std::string_view> texts_of(std::optional<array> list) {
  std::set<std::string_view> texts;
  if (!list) return texts;
  for (const element one : *list) {
    if (const auto text = as<std::string_view>(one)) texts.insert(*text);
  }
  return texts;
}

void Writer::add_properties(object schema, std::size_t indent) {
  const auto properties = find_object(schema, "properties");
  if (!properties) return;
  const std::set<std::string_view> required = texts_of(find_array(schema, "required"));
  for (const auto [name, value] : *properties) {
    const auto property = as<object>(value);
    const std::string_view description =
        property ? find_text(*property, "description") : std::string_view();
    // Deeper down, descriptions are not shown to the model.
    if (!description.empty() && indent < 2) {
      add_indented(indent, "// ");
      text_.append(description).append("\n");
    }
    add_indented(indent, name);
    text_ += required.contains(name) ? ": " : "?: ";
    if (property) add_type(*property, indent);
    text_ += ",\n";
  }
}

void Writer::add_type(object schema, std::size_t indent) {
  if (depth_ == kMostDepth) {
    text_ += simdjson::minify(schema);
    return;
  }
  ++depth_;
  add_known_type(schema, indent);
  --depth_;
}

void Writer::add_known_type(object schema, std::size_t indent) {
  if (const auto schemas = find_array(schema, "anyOf")) return add_alternatives(*schemas, indent);
  const std::string_view type = find_text(schema, "type");
  const auto words = find_array(schema, "enum");
  if (type == "string" || type == "number" || type == "integer") {
    if (words) return add_words(*words, type == "string" ? "\"" : "");
    text_ += type == "string" ? "string" : "number";
  } else if (type == "object") {
    text_ += "{\n";
    add_properties(schema, indent + 2);
    text_ += "}";
  } else if (type == "array") {
    const auto items = find_object(schema, "items");
    if (items) add_type(*items, indent);
    text_ += items ? "[]" : "any[]";
  } else {
    text_ += type;  // boolean, null, or nothing that is known
  }
}

void Writer::add_words(array words, std::string_view quote) {
  bool first = true;
  for (const element word : words) {
    if (!first) text_ += " | ";
    first = false;
    const auto text = as<std::string_view>(word);
    text_.append(quote).append(text ? std::string(*text) : simdjson::minify(word)).append(quote);
  }
}

void Writer::add_alternatives(array schemas, std::size_t indent) {
  bool first = true;
  for (const element one : schemas) {
    if (!first) text_ += " | ";
    first = false;
    if (const auto schema = as<object>(one)) add_type(*schema, indent);
  }
}

}  // namespace

std::optional<object> tool_function(object tool) {
  if (const auto function = find_object(tool, "function")) return function;
  const bool is_function = find_text(tool, "type") == "function";
  return is_function ? std::optional(tool) : std::nullopt;
}

std::optional<std::string> tool_text(object request) {
  Writer writer;
  bool any = false;
  const auto add = [&](std::optional<object> function) {
    if (function) writer.add_function(*function);
    any = any || function;
  };
  if (const auto functions = find_array(request, "functions")) {
    for (const element one : *functions) add(as<object>(one));
  }
  if (const auto tools = find_array(request, "tools")) {
    for (const element one : *tools) {
      const auto tool = as<object>(one);
      add(tool ? tool_function(*tool) : std::nullopt);
    }
  }
  if (!any) return std::nullopt;
  return writer.finish();
}

}  // namespace penstock::tokens
