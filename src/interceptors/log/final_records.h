#pragma once

#include <memory>

#include "penstock/exchange.h"

#include "interceptors/log/options.h"
#include "interceptors/log/record.h"
#include "log/json_line.h"
#include "log/log.h"

namespace penstock::exchange_log {

/// Writes the records at the end of one exchange, of which it keeps what they need: the exchange
/// may be gone by then. Options, log and clock outlive it.
class FinalRecords {
 public:
  /// Behind `next`, so that the exchange has the remarks of the layers further in.
  /// `request_body`: the member made before the body was sent and let go; may be empty.
  FinalRecords(const Options& options, Log& log, const Exchange& x, JsonLine request_body);
  /// Once. `response_body` may be empty.
  void write(const End& end, const JsonLine& response_body);

 private:
  void write_line(Log::Level level, std::string_view event, const JsonLine& members) const;

  const Options* options_;
  Log* log_;
  const Clock* clock_;
  MonotonicTime started_;
  std::shared_ptr<const Remarks> remarks_;
  JsonLine members_;
  JsonLine request_body_;
};

}  // namespace penstock::exchange_log
