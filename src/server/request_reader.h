#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "penstock/result.h"

#include "config/config.h"
#include "http/request_parser.h"
#include "runtime/loop.h"
#include "runtime/stream.h"

namespace penstock::server {

/// Reads the requests of one connection, strictly and within their bounds of size and time. Used by
/// the connection's fiber; everything it refers to outlives it.
class RequestReader {
 public:
  /// `idle` ends the wait between two requests.
  RequestReader(runtime::Stream& stream, runtime::Loop& loop, Cancel& idle)
      : stream_(stream), loop_(loop), idle_(idle), started_(loop.clock().now()) {}

  /// Suspends until the next request's head is there. Nothing: the connection ended, or was idle
  /// for too long, between two requests. Errors: those of RequestParser, kRequestTimeout (too
  /// slow), kCancelled (the client left).
  Result<std::optional<http::RequestHead>> read_head(const config::ServerOptions& options);
  /// The body behind that head, with json::kPadding bytes to spare; suspends. Errors:
  /// kRequestTooLarge, those of BodyDecoder, kRequestTimeout, kCancelled.
  Result<std::string> read_body(const http::RequestHead& head, std::uint64_t limit,
                                const config::ServerOptions& options);
  /// What was read and belongs to the next request.
  std::string& ahead() noexcept { return input_; }
  /// When the first byte of the current request was read.
  MonotonicTime started() const noexcept { return started_; }

 private:
  runtime::IoResult<std::size_t> read_next(std::span<char> scratch, Deadline deadline);
  Deadline after(std::chrono::milliseconds timeout) const;
  void begin_request(Deadline& deadline, const config::ServerOptions& options);

  runtime::Stream& stream_;
  runtime::Loop& loop_;
  Cancel& idle_;
  std::string input_;  // read and not used yet
  MonotonicTime started_;
};

}  // namespace penstock::server
