#pragma once

#include "http/sse_reader.h"
#include "json/document.h"

namespace penstock::openai {

/// Where a piece of an event's data stands in `event.raw`. A piece that reaches over several data
/// lines includes what is between them, so leaving it out of `raw` leaves exactly that piece out of
/// the data. It begins with a byte that is no LF. Size 0 when `raw` does not hold the piece.
json::Span raw_span(const http::SseEvent& event, json::Span in_data) noexcept;

}  // namespace penstock::openai
