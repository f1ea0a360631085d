#include "openai/request_facts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <utility>

#include "openai/whole_number.h"

namespace penstock::openai {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::uint64_t kMaxChoices = 128;  // of the published API
constexpr std::size_t kMaxModelBytes = 256;

constexpr const char* kMissing = "missing_required_parameter";
constexpr const char* kInvalidType = "invalid_type";
constexpr const char* kInvalidValue = "invalid_value";

// Members that the gateway reads, here or where it counts tokens: of two with one name, the
// gateway and the upstream might each believe another.
enum Field : std::size_t {
  kModel,
  kStream,
  kStreamOptions,
  kN,
  kMaxTokens,
  kMaxCompletionTokens,
  kMaxOutputTokens,
  kPrompt,
  kMessages,
  kInput,
  kTools,
  kFieldCount,
};
constexpr std::array<std::string_view, kFieldCount> kNames = {"model",
                                                              "stream",
                                                              "stream_options",
                                                              "n",
                                                              "max_tokens",
                                                              "max_completion_tokens",
                                                              "max_output_tokens",
                                                              "prompt",
                                                              "messages",
                                                              "input",
                                                              "tools"};

std::string named(std::string_view field) {
  return "`" + std::string(field) + "`";
}

const char* kind_of(element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

Error wrong_type(std::string_view field, std::string_view expected, element found) {
  return invalid_request(
      named(field) + " must be " + std::string(expected) + ", but it is " + kind_of(found),
      std::string(field), kInvalidType);
}

Error wrong_value(std::string_view field, std::string_view rule) {
  return invalid_request(named(field) + " " + std::string(rule), std::string(field), kInvalidValue);
}

Error given_twice(std::string_view field) {
  return wrong_value(field, "is given twice");
}

/// The members of the body by name; null counts as absent.
class Members {
 public:
  static Result<Members> read(element root);
  const element* find(Field field) const {
    return values_[field] && !values_[field]->is_null() ? &*values_[field] : nullptr;
  }

 private:
  std::array<std::optional<element>, kFieldCount> values_;
};

Result<Members> Members::read(element root) {
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) {
    return invalid_request(
        std::string("the body must be a JSON object, but it is ") + kind_of(root), {},
        kInvalidType);
  }
  Members members;
  for (const auto [key, value] : object) {
    const auto name = std::find(kNames.begin(), kNames.end(), key);
    if (name == kNames.end()) continue;
    auto& place = members.values_[static_cast<std::size_t>(name - kNames.begin())];
    if (place) return given_twice(key);
    place = value;
  }
  return members;
}

bool needs_model(const Members& members, Route route) {
  switch (route) {
    case Route::kChatCompletions:
    case Route::kCompletions:
    case Route::kEmbeddings:
    case Route::kAudio:
      return true;
    case Route::kResponses:
      return members.find(kPrompt) == nullptr;  // a stored prompt may bring its model
    default:
      return false;
  }
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

Result<std::string> read_model(const Members& members, Route route) {
  const element* value = members.find(kModel);
  if (value == nullptr) {
    if (!needs_model(members, route)) return std::string();
    return invalid_request("`model` must be a string, but it is missing", "model", kMissing);
  }
  std::string_view model;
  if (value->get_string().get(model) != simdjson::SUCCESS) {
    return wrong_type("model", "a string", *value);
  }
  if (model.empty()) return wrong_value("model", "must not be empty");
  if (model.size() > kMaxModelBytes) {
    return wrong_value("model",
                       "must be at most 256 bytes, but it has " + std::to_string(model.size()));
  }
  if (std::any_of(model.begin(), model.end(), is_control)) {
    return wrong_value("model", "must not hold control characters");
  }
  return std::string(model);
}

Result<bool> read_flag(const element* value, std::string_view field) {
  bool flag = false;
  if (value != nullptr && value->get_bool().get(flag) != simdjson::SUCCESS) {
    return wrong_type(field, "a boolean", *value);
  }
  return flag;
}

Result<bool> read_include_usage(const Members& members, bool stream) {
  const element* value = members.find(kStreamOptions);
  if (value == nullptr) return false;
  simdjson::dom::object options;
  if (value->get_object().get(options) != simdjson::SUCCESS) {
    return wrong_type("stream_options", "an object", *value);
  }
  if (!stream) return wrong_value("stream_options", "is allowed only where `stream` is true");
  if (json::duplicate_key(options, {"include_usage"})) {
    return given_twice("stream_options.include_usage");
  }
  element include;
  const bool absent = options["include_usage"].get(include) != simdjson::SUCCESS;
  return read_flag(absent || include.is_null() ? nullptr : &include,
                   "stream_options.include_usage");
}

// A count from `min` to `max`; nullopt where it is absent.
Result<std::optional<std::uint64_t>> read_count(const Members& members, Field field,
                                                std::uint64_t min, std::uint64_t max) {
  const element* value = members.find(field);
  if (value == nullptr) return std::optional<std::uint64_t>();
  if (!value->is_number()) return wrong_type(kNames[field], "an integer", *value);
  const auto count = whole_number(*value);
  if (count && *count >= min && *count <= max) return count;
  return wrong_value(kNames[field], "must be an integer from " + std::to_string(min) + " to " +
                                        std::to_string(max) + ", but it is " +
                                        simdjson::minify(*value));
}

Result<std::optional<std::uint64_t>> read_output_cap(const Members& members) {
  std::optional<std::uint64_t> largest;
  for (const Field field : {kMaxTokens, kMaxCompletionTokens, kMaxOutputTokens}) {
    largest = std::max(largest, TRY(read_count(members, field, 0, kMaxCount)));
  }
  return largest;
}

// A legacy completion answers each prompt of a list on its own.
std::uint64_t count_prompts(const Members& members, Route route) {
  const element* value = route == Route::kCompletions ? members.find(kPrompt) : nullptr;
  simdjson::dom::array prompts;
  if (value == nullptr || value->get_array().get(prompts) != simdjson::SUCCESS) return 1;
  element first;
  const bool tokens = prompts.at(0).get(first) != simdjson::SUCCESS || first.is_number();
  return tokens ? 1 : prompts.size();
}

Result<std::uint32_t> read_choices(const Members& members, Route route) {
  const auto n = TRY(read_count(members, kN, 1, kMaxChoices));
  constexpr std::uint64_t kMaxPrompts = 0xFFFFFF;  // simdjson's array sizes end there
  static_assert(kMaxChoices * kMaxPrompts <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(n.value_or(1) * count_prompts(members, route));
}

}  // namespace

Result<RequestFacts> read_facts(const json::Document& document, Route route) {
  const Members members = TRY(Members::read(document.root()));
  RequestFacts facts;
  facts.model = TRY(read_model(members, route));
  facts.stream = TRY(read_flag(members.find(kStream), "stream"));
  facts.include_usage = TRY(read_include_usage(members, facts.stream));
  facts.choices = TRY(read_choices(members, route));
  facts.output_cap = TRY(read_output_cap(members));
  return facts;
}

}  // namespace penstock::openai
