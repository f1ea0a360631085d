#pragma once

#include <memory>

#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/log/options.h"
#include "log/log.h"

namespace penstock {

/// Writes what happened to each exchange, one JSON object a line: a record before the request goes
/// on, and one at the end of the answer's body, which for a stream is when it ends. Each is written
/// exactly once in every ending: an error from the layers inside, an answer dropped unread, a
/// client that left, an upstream that broke off. A record for which there is no memory is counted
/// as dropped.
///
/// The chunks of an answer are looked at only where `content` asks for them. Keys are named, never
/// printed, and no header is. Stands far out in the chain, so that it also sees what auth refuses.
/// Never suspends and returns no error of its own. Thread-safe.
class LogInterceptor final : public Interceptor {
 public:
  /// `log` outlives this.
  LogInterceptor(exchange_log::Options options, Log& log);
  /// Writes to a log of its own.
  LogInterceptor(exchange_log::Options options, std::unique_ptr<Log> own_log);
  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  Result<Response> record(Exchange& x, Next next) const;

  const exchange_log::Options options_;
  const std::unique_ptr<Log> own_log_;
  Log* const log_;
};

/// The factory; see exchange_log::Options. Opens the file.
Layer make_log(const config::Node& options, config::Diagnostics& diagnostics,
               const Services& services);

}  // namespace penstock
