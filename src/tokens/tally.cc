#include "tokens/tally.h"

#include "tokens/request.h"
#include "tokens/tool_text.h"

namespace penstock::tokens {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::uint64_t exactly(const Encoding& encoding, std::string_view text) {
  return encoding.count(text);
}
std::uint64_t at_least(const Encoding&, std::string_view text) {
  return least_tokens(text);
}
std::uint64_t at_most(const Encoding&, std::string_view text) {
  return most_tokens(text.size());
}

Tally add_up(AddRequest add, const json::Document& request, const Model& model, Measure measure) {
  Tally tally(model, measure);
  object root;
  if (request.root().get(root) == simdjson::SUCCESS) add(tally, root);
  return tally;
}

std::uint64_t with_margin(std::uint64_t tokens, const Model& model, bool exact) {
  return exact ? tokens : scaled(tokens, 1000 + model.margin);
}

}  // namespace

void Tally::add_text(element value) {
  add_text(as<std::string_view>(value).value_or(std::string_view()));
}

void Tally::add_any(element value) {
  guess();
  const auto text = as<std::string_view>(value);
  if (text) return add_text(*text);
  add_text(std::string_view(simdjson::minify(value)));
}

void Tally::add_picture(std::string_view url, Detail detail) {
  guess();
  add(image_tokens(model_.image, image_size(url), detail));
}

void Tally::add_data(std::string_view base64, std::uint32_t bytes_per_token) {
  guess();
  const std::uint64_t bytes = std::uint64_t{base64.size()} * 3 / 4;
  add((bytes + bytes_per_token - 1) / bytes_per_token);
}

bool Tally::add_tools(object request) {
  const auto functions = tool_text(request);
  if (functions) {
    guess();
    add(model_.chat.definitions);
    add_text(std::string_view(*functions));
  }
  if (const auto tools = find_array(request, "tools")) {
    for (const element one : *tools) {
      const auto tool = as<object>(one);
      if (!tool || !tool_function(*tool)) add_any(one);
    }
  }
  return functions.has_value();
}

void Tally::add_choice(object request) {
  for (const char* key : {"tool_choice", "function_call"}) {
    const auto choice = find(request, key);
    if (!choice) continue;
    if (as<std::string_view>(choice) == "none") add(model_.chat.no_choice);
    const auto named = as<object>(choice);
    if (!named) continue;
    const auto function = find_object(*named, "function");
    const std::string_view name = find_text(function.value_or(*named), "name");
    if (name.empty()) continue;
    add(model_.chat.named_choice);
    add_text(name);
  }
}

ChatCount count_by(AddRequest add, const json::Document& request, const Model& model) {
  const Tally tally = add_up(add, request, model, exactly);
  ChatCount count;
  count.exact = model.exact && tally.exact();
  count.tokens = scaled(tally.tokens(), model.factor);
  count.most = with_margin(count.tokens, model, count.exact);
  return count;
}

std::uint64_t most_by(AddRequest add, const json::Document& request, const Model& model) {
  const Tally most = add_up(add, request, model, at_most);
  const bool exact = model.exact && most.exact();
  return with_margin(scaled(most.tokens(), model.factor), model, exact);
}

std::uint64_t least_by(AddRequest add, const json::Document& request, const Model& model) {
  return scaled(add_up(add, request, model, at_least).tokens(), model.factor);
}

}  // namespace penstock::tokens
