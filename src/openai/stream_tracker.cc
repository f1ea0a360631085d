#include "openai/stream_tracker.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "openai/raw_span.h"
#include "openai/whole_number.h"

namespace penstock::openai {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// A stream of more choices than this is complete with its [DONE] alone.
constexpr std::uint32_t kMaxTrackedChoices = 4096;
constexpr std::size_t kMaxIdleScratch = std::size_t{1} << 20;

// The reader's bytes may end at a page, and simdjson reads past the end: it gets a copy. One buffer
// for each thread, so that an open stream holds none.
std::string_view padded_copy(std::string_view data) {
  thread_local std::string scratch;
  if (scratch.capacity() > kMaxIdleScratch) scratch = std::string();
  scratch.reserve(data.size() + json::kPadding);
  scratch.assign(data);
  return scratch;
}

bool is_typed(Route route) {
  return route == Route::kResponses || route == Route::kImages || route == Route::kAudio;
}

bool is_terminal(std::string_view type) {
  constexpr std::string_view kTypes[] = {"response.completed",
                                         "response.incomplete",
                                         "response.failed",
                                         "error",
                                         "image_generation.completed",
                                         "image_edit.completed",
                                         "speech.audio.done",
                                         "transcript.text.done"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

// The text of a member; empty where it is absent or no string.
std::string_view text_of(object message, std::string_view key) {
  std::string_view text;
  return message[key].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool has_error(object message) {
  element error;
  return message["error"].get(error) == simdjson::SUCCESS && !error.is_null();
}

/// Where providers write it: the usage that is null stands behind all that has parts. Any quote
/// behind a comma opens a name, and with no bracket but the last behind it, it is a name of the
/// outermost object.
std::optional<json::Splice> find_null_usage_at_end(std::string_view data) {
  constexpr std::string_view kMember = R"(,"usage":null)";
  const std::size_t at = data.rfind(kMember);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view behind = data.substr(at + kMember.size());
  const std::size_t bracket = behind.find_first_of("{}[]");
  const bool is_last = bracket != std::string_view::npos && bracket == behind.find_last_not_of(" ");
  if (!is_last || (behind.front() != ',' && behind.front() != '}')) return std::nullopt;
  return json::Splice{at, kMember.size(), {}};
}

json::Span cut_usage(const http::SseEvent& event) {
  auto removal = find_null_usage_at_end(event.data);
  if (!removal) removal = json::remove_member(event.data, "usage");
  return removal ? raw_span(event, {removal->at, removal->remove}) : json::Span{};
}

}  // namespace

StreamTracker::StreamTracker(Route route, std::uint32_t choices, UsageChunk usage_chunk,
                             const tokens::Model* model)
    : route_(route),
      choices_(std::max(choices, std::uint32_t{1})),
      usage_chunk_(usage_chunk),
      finished_(std::min(choices_, kMaxTrackedChoices)),
      model_(model),
      written_(model == nullptr ? nullptr : model->encoding) {}

StreamTracker::Verdict StreamTracker::see(const http::SseEvent& event) {
  if (!event.has_data) return {};
  if (event.data.starts_with("[DONE]")) {  // SDKs stop at this prefix
    ended_ = ended_ || route_ != Route::kResponses;
    return {};
  }
  const auto document = json::Document::parse(padded_copy(event.data));
  object message;
  if (!document || document->root().get_object().get(message) != simdjson::SUCCESS) return {};
  if (event.event == "error" || has_error(message)) failed_ = true;
  if (!is_typed(route_)) return see_chunk(message, event);
  see_typed(message, event);
  return {};
}

StreamTracker::Verdict StreamTracker::see_chunk(object chunk, const http::SseEvent& event) {
  array choices;
  const bool has_choices = chunk["choices"].get_array().get(choices) == simdjson::SUCCESS;
  if (has_choices) see_choices(choices);

  element usage;
  if (chunk["usage"].get(usage) != simdjson::SUCCESS) return {};
  if (usage.is_null()) return {false, hides_usage() ? cut_usage(event) : json::Span{}};
  keep_usage(usage);
  const bool usage_only = has_choices && choices.size() == 0 && !has_error(chunk);
  return {usage_only && hides_usage(), {}};
}

void StreamTracker::see_choices(array choices) {
  std::uint64_t position = 0;
  for (const element choice : choices) {
    written_.add_choice(choice);
    // Some providers write "" until the end, some leave the index of a lone choice out.
    std::string_view reason;
    if (choice["finish_reason"].get_string().get(reason) == simdjson::SUCCESS && !reason.empty()) {
      element index;
      const bool indexed = choice["index"].get(index) == simdjson::SUCCESS;
      finish_choice(indexed ? whole_number(index).value_or(kMaxCount) : position);
    }
    ++position;
  }
}

void StreamTracker::finish_choice(std::uint64_t index) {
  if (index >= finished_.size() || finished_[index]) return;
  finished_[index] = true;
  ++finished_choices_;
}

void StreamTracker::see_typed(object message, const http::SseEvent& event) {
  std::string_view type = text_of(message, "type");
  if (type.empty()) type = event.event;
  written_.add_typed(type, message);
  if (type == "error" || type == "response.failed") failed_ = true;
  if (is_terminal(type)) see_terminal(message);
}

void StreamTracker::see_terminal(object message) {
  ended_ = true;
  element usage;
  const bool nested = message.at_pointer("/response/usage").get(usage) == simdjson::SUCCESS;
  if (nested || message["usage"].get(usage) == simdjson::SUCCESS) keep_usage(usage);
}

void StreamTracker::keep_usage(element usage) {
  const Usage found = read_usage_object(usage);
  if (found.origin == Usage::Origin::kMeasured) reported_ = found;
}

bool StreamTracker::hides_usage() const noexcept {
  return usage_chunk_ == UsageChunk::kHide && !is_typed(route_);
}

Usage StreamTracker::usage() const noexcept {
  const std::uint64_t written = written_.tokens();
  if (reported_.origin == Usage::Origin::kMeasured || written == 0) return reported_;
  const std::uint64_t output =
      model_ == nullptr ? written : tokens::scaled(written, model_->factor);
  return {Usage::Origin::kCounted, std::nullopt, output};
}

}  // namespace penstock::openai
