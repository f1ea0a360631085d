#include "openai/usage.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "openai/whole_number.h"

namespace penstock::openai {

namespace {

// Puts a count into its place; false: it is absurd.
bool read_count(simdjson::dom::element value, std::optional<std::uint64_t>& count) {
  if (value.is_null()) return true;
  count = whole_number(value);
  return count.has_value();
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
  }
  if (found.input || found.output) found.origin = Usage::Origin::kMeasured;
  return found;
}

Usage read_usage(const json::Document& answer) {
  simdjson::dom::element usage;
  if (answer.root()["usage"].get(usage) != simdjson::SUCCESS) return {};
  return read_usage_object(usage);
}

}  // namespace penstock::openai
