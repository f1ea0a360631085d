#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/body.h"
#include "penstock/error.h"
#include "penstock/exchange.h"

#include "log/json_line.h"
#include "log/log.h"

namespace penstock::exchange_log {

/// How an exchange ended, as far as it is known.
struct End {
  int status = 0;
  std::optional<Ending> ending;
  Usage usage;
  std::optional<MonotonicTime> first_byte;
  std::optional<std::uint64_t> bytes_out;
  std::string error;
};
/// The end of an answer's body.
End end_of(int status, const Outcome& outcome);
/// The end in an error, before there was a body. Whether the client reads the answer that is made
/// of it nobody knows here, so `ending` says only what the error itself tells.
End end_of(const Error& error);

/// info; warning for 4xx; error for 5xx and for an answer that the upstream broke off.
Log::Level level_of(const End& end) noexcept;

/// Who asks for what: request_id, route, key, model, upstream, stream. What is not known is left
/// out; what the client wrote is cut to 256 bytes.
void append_identity(JsonLine& line, const Exchange& x);
/// status, outcome, tokens, times, bytes_out, error.
void append_end(JsonLine& line, const End& end, MonotonicTime started, MonotonicTime now);

/// What layers have remarked, each up to 1 KiB, and `usage`: `measured` or `counted`, or what a
/// layer has remarked under this name, unless the provider's own numbers came after all. A layer
/// that charges an estimate remarks it before the answer's body ends, since the outermost layer
/// hears of that first. Null: nothing was remarked.
void append_remarks(JsonLine& line, Usage::Origin origin, const Remarks* remarks);

/// Writes the line: ts, level, event, and these members, of which there is one at least.
void write_record(Log& log, WallTime now, Log::Level level, std::string_view event,
                  const JsonLine& members);

}  // namespace penstock::exchange_log
