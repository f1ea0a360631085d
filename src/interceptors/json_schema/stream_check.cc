#include "interceptors/json_schema/stream_check.h"

#include "json/document.h"
#include "json/scratch.h"

namespace penstock::json_schema {

namespace {

using simdjson::dom::element;

bool reports_error(const http::SseEvent& event, const json::Document& message) {
  element error;
  const bool has_error = message.root()["error"].get(error) == simdjson::SUCCESS;
  return event.event == "error" || (has_error && !error.is_null());
}

Fault malformed(std::string what) {
  return {Fault::Kind::kMalformed, "", std::move(what), std::nullopt, ""};
}

}  // namespace

std::optional<Fault> StreamCheck::see(std::string_view bytes) {
  const auto fed = reader_.feed(bytes);
  while (const auto event = reader_.next()) {
    if (!event->has_data) continue;
    if (auto fault = see_event(*event)) return fault;
  }
  if (!fed) return malformed("an event is too long");
  return std::nullopt;
}

std::optional<Fault> StreamCheck::see_event(const http::SseEvent& event) {
  if (event.data.starts_with("[DONE]")) {  // SDKs stop at this prefix
    return structured_ ? structured_->finish() : std::nullopt;
  }
  const auto chunk = json::Document::parse(scratch_.copy(event.data));
  if (!chunk) return malformed("an event is no JSON: " + chunk.error().public_message);
  return reports_error(event, *chunk) ? std::nullopt : see_chunk(*chunk);
}

std::optional<Fault> StreamCheck::see_chunk(const json::Document& chunk) {
  if (well_formed_ != nullptr) {
    if (auto fault = well_formed_->check_chunk(route_, chunk)) return fault;
  }
  simdjson::dom::array choices;
  if (!structured_ || chunk.root()["choices"].get_array().get(choices) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return structured_->see_chunk(choices);
}

}  // namespace penstock::json_schema
