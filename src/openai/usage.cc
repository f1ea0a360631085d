#include "openai/usage.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "openai/whole_number.h"

namespace penstock::openai {

namespace {

using Count = std::optional<std::uint64_t>;

// Puts a count into its place; false: it is absurd.
bool read_count(simdjson::dom::element value, Count& count) {
  if (value.is_null()) return true;
  count = whole_number(value);
  return count.has_value();
}

// A count among the details of another one.
Count read_detail(simdjson::dom::element details, std::string_view key) {
  simdjson::dom::element value;
  if (details[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return whole_number(value);
}

// No part is larger than the whole. Without it the whole costs what it costs in full.
void drop_if_absurd(Count& part, const Count& whole) {
  if (part > whole) part.reset();  // a part of nothing known is larger too
}

}  // namespace

Usage read_usage_object(simdjson::dom::element usage) {
  simdjson::dom::object object;
  if (usage.get_object().get(object) != simdjson::SUCCESS) return {};
  Usage found;
  for (const auto [key, value] : object) {
    const bool input = key == "prompt_tokens" || key == "input_tokens";
    const bool output = key == "completion_tokens" || key == "output_tokens";
    if (input && !read_count(value, found.input)) return {};
    if (output && !read_count(value, found.output)) return {};
    if (key == "prompt_tokens_details" || key == "input_tokens_details") {
      found.cached = read_detail(value, "cached_tokens");
    } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
      found.reasoning = read_detail(value, "reasoning_tokens");
    }
  }
  drop_if_absurd(found.cached, found.input);
  drop_if_absurd(found.reasoning, found.output);
  if (found.input || found.output) found.origin = Usage::Origin::kMeasured;
  return found;
}

Usage read_usage(const json::Document& answer) {
  simdjson::dom::element usage;
  if (answer.root()["usage"].get(usage) != simdjson::SUCCESS) return {};
  return read_usage_object(usage);
}

}  // namespace penstock::openai
