#pragma once

#include <optional>
#include <string_view>

#include "penstock/exchange.h"

#include "http/sse_reader.h"
#include "interceptors/json_schema/answer_fault.h"
#include "interceptors/json_schema/structured.h"
#include "interceptors/json_schema/well_formed.h"
#include "json/scratch.h"

namespace penstock::json_schema {

/// Looks at the event stream of one answer before the client does. Events that report an error of
/// the provider pass: they end the stream by themselves. Used by one fiber.
class StreamCheck {
 public:
  /// `well_formed` outlives this; null: any event will do. `structured`: nullopt, any text will do.
  StreamCheck(Route route, const WellFormed* well_formed, std::optional<Structured> structured)
      : route_(route), well_formed_(well_formed), structured_(std::move(structured)) {}

  /// The next bytes, cut anywhere. After a fault it is not called again. May suspend, see
  /// validation.h.
  std::optional<Fault> see(std::string_view bytes);

  /// Null where no text is looked at.
  const Structured* structured() const noexcept { return structured_ ? &*structured_ : nullptr; }

 private:
  std::optional<Fault> see_event(const http::SseEvent& event);
  std::optional<Fault> see_chunk(const json::Document& chunk);

  Route route_;
  const WellFormed* well_formed_;
  std::optional<Structured> structured_;
  http::SseReader reader_;
  json::Scratch scratch_;  // not shared with other streams: a check may suspend
};

}  // namespace penstock::json_schema
