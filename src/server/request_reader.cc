#include "server/request_reader.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"
#include "http/body_decoder.h"
#include "json/document.h"
#include "json/padding.h"
#include "runtime/fiber.h"

namespace penstock::server {

namespace {

using namespace std::chrono_literals;
using runtime::IoError;

// How much is read at once where a head is expected: what is body in it is copied once more.
constexpr std::size_t kHeadRead = 8 * 1024;
// Room of a small request that is kept for the next one.
constexpr std::size_t kKeptInput = 2 * 1024;
// A request that follows the last one comes before that.
constexpr auto kSoon = 1s;
// A body must come with this speed on the average, beyond the idle time that it has anyway.
constexpr std::uint64_t kMinBytesPerSecond = 1024;

Error too_slow(std::string_view what) {
  Error error = invalid_request(concat({"the request's ", what, " came too slowly"}));
  error.kind = ErrorKind::kRequestTimeout;
  return error;
}

Error client_left() {
  Error error = invalid_request("the client left");
  error.kind = ErrorKind::kCancelled;
  return error;
}

Error read_error(const IoError& error, std::string_view what) {
  return error.kind == IoError::Kind::kTimeout ? too_slow(what) : client_left();
}

Error too_large(std::uint64_t limit) {
  Error error = invalid_request(concat({"the body is larger than ", std::to_string(limit),
                                        " bytes, which server.limits.max_body allows"}));
  error.kind = ErrorKind::kRequestTooLarge;
  return error;
}

/// An empty line in front of a request is none yet (RFC 9112 section 2.2).
bool begins_no_request(std::string_view input) {
  return std::string_view("\r\n").starts_with(input);
}

}  // namespace

Deadline RequestReader::after(std::chrono::milliseconds timeout) const {
  return {loop_.clock().recent() + timeout, nullptr};
}

void RequestReader::begin_request(Deadline& deadline, const config::ServerOptions& options) {
  started_ = loop_.clock().now();
  deadline = after(options.timeouts.head);
}

/// Nothing: the connection ended, or was idle for too long, between two requests.
Result<std::optional<http::RequestHead>> RequestReader::read_head(
    const config::ServerOptions& options) {
  http::HeadLimits limits;
  limits.max_bytes = options.limits.max_head;
  http::RequestParser parser(limits);
  Deadline deadline = after(options.timeouts.keep_alive);
  deadline.cancel = &idle_;
  bool waiting = input_.empty();
  if (!waiting) begin_request(deadline, options);
  while (true) {
    if (!input_.empty()) {
      const std::size_t size = TRY(parser.parse(input_));
      if (size > 0) {
        input_.erase(0, size);
        return std::optional(std::move(parser.head()));
      }
    }
    const std::span<char> scratch = loop_.scratch().first(kHeadRead);
    const auto got = waiting ? read_next(scratch, deadline) : stream_.read(scratch, deadline);
    if (begins_no_request(input_) && (!got || *got == 0)) {
      return std::optional<http::RequestHead>{};
    }
    if (!got) return read_error(got.error(), "head");
    if (*got == 0) return client_left();
    if (std::exchange(waiting, false)) begin_request(deadline, options);
    input_.append(scratch.data(), *got);
  }
}

/// Reads between two requests. A connection that waits for long holds no memory that it can make
/// again.
runtime::IoResult<std::size_t> RequestReader::read_next(std::span<char> scratch,
                                                        Deadline deadline) {
  Deadline soon = deadline;
  soon.at = std::min(deadline.at, loop_.clock().recent() + kSoon);
  auto got = stream_.read(scratch, soon);
  const bool silent = !got && got.error().kind == IoError::Kind::kTimeout;
  if (!silent || soon.at == deadline.at) return got;
  input_ = std::string();
  runtime::Fiber::current().trim_stack();
  return stream_.read(scratch, deadline);
}

Result<std::string> RequestReader::read_body(const http::RequestHead& head, std::uint64_t limit,
                                             const config::ServerOptions& options) {
  if (head.framing.kind == http::Framing::Kind::kLength && head.framing.length > limit) {
    return too_large(limit);
  }
  std::string body;
  body.reserve(std::min<std::uint64_t>(head.framing.length, 1 << 20) + json::kPadding);
  http::BodyDecoder decoder(head.framing, ErrorKind::kMalformedHttp);
  const MonotonicTime begun = loop_.clock().recent();
  std::string_view fresh;  // read just now, and decoded where it lies when nothing waits before it
  while (true) {
    std::string_view input = input_.empty() ? fresh : input_.append(fresh);
    while (!input.empty() && !decoder.done()) {
      const http::BodyDecoder::Step step = TRY(decoder.step(input));
      if (step.consumed == 0) break;
      if (body.size() + step.data.size() > limit) return too_large(limit);
      body.append(step.data);
      input.remove_prefix(step.consumed);
    }
    if (input_.empty()) {
      input_ = input;
    } else {
      input_.erase(0, input_.size() - input.size());
    }
    if (decoder.done()) break;

    const auto earned = std::chrono::seconds(body.size() / kMinBytesPerSecond);
    const MonotonicTime now = loop_.clock().recent();
    const auto idle = options.timeouts.body_idle;
    const std::span<char> scratch = loop_.scratch();
    const auto got = stream_.read(scratch, {std::min(now + idle, begun + idle + earned), nullptr});
    if (!got) return read_error(got.error(), "body");
    if (*got == 0) return client_left();
    fresh = {scratch.data(), *got};
  }
  json::reserve_padding(body);
  if (input_.empty() && input_.capacity() > kKeptInput) input_ = std::string();
  return body;
}

}  // namespace penstock::server
