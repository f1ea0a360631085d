#include "server/client_connection.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "http/message_writer.h"
#include "json/document.h"
#include "json/padding.h"
#include "log/log.h"
#include "runtime/loop.h"
#include "runtime/tls.h"
#include "server/relay.h"
#include "server/render_error.h"

namespace penstock::server {

namespace {

using namespace std::chrono_literals;
using runtime::IoError;

// How much of pipelined requests is read ahead while one is answered.
constexpr std::size_t kReadAhead = 64 * 1024;
// How much is read at once where a head is expected: what is body in it is copied once more.
constexpr std::size_t kHeadRead = 8 * 1024;
// Room of a small request that is kept for the next one.
constexpr std::size_t kKeptInput = 2 * 1024;
// A request that follows the last one comes before that.
constexpr auto kSoon = 1s;
// A request without a meaning for its body may bring a little one all the same.
constexpr std::uint64_t kMaxUselessBody = 64 * 1024;
// A body must come with this speed on the average, beyond the idle time that it has anyway.
constexpr std::uint64_t kMinBytesPerSecond = 1024;
constexpr std::size_t kLingerBytes = 64 * 1024;
constexpr auto kLingerTime = 1s;

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

/// An HTTP/1.0 client would have to be promised to be kept; it is simply not.
bool may_stay(const http::RequestHead& head) {
  return head.keep_alive && head.minor_version > 0;
}

/// OPTIONS is asked of the server, so it needs no route. Not inlined: its room would be held by
/// each open stream.
[[gnu::noinline]] Result<Asked> find_asked(const http::RequestHead& head) {
  Asked asked;
  asked.target = TRY(http::parse_target(head.method, head.target, head.host));
  if (head.method == "OPTIONS") return asked;
  asked.match = TRY(match_route(head.method, asked.target));
  if (asked.match.kind == RouteMatch::Kind::kApi) {
    TRY_VOID(check_request(head, asked.target, asked.match));
  }
  return asked;
}

/// An empty line in front of a request is none yet (RFC 9112 section 2.2).
bool begins_no_request(std::string_view input) {
  return std::string_view("\r\n").starts_with(input);
}

bool takes_body(std::string_view method) {
  return method == "POST";
}

}  // namespace

/// An exchange that runs: its client is watched meanwhile, and its end is counted once, in
/// whichever way it is left.
class ClientConnection::Running {
 public:
  Running(ClientConnection& connection, const ServerExchange& x, Cancel& cancel)
      : connection_(connection), x_(x) {
    connection_.running_ = &cancel;
    connection_.worker_.metrics().exchange_begins();
    connection_.stream_->watch(cancel, connection_.input_, kReadAhead);
  }
  ~Running() {
    connection_.stream_->unwatch();
    connection_.running_ = nullptr;
    ended(describe(ErrorKind::kOverloaded).status, {});
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void ended(int status, const Outcome& outcome) noexcept {
    if (std::exchange(ended_, true)) return;
    const config::Config& config = connection_.setup_->snapshot->config;
    connection_.worker_.metrics().exchange_ends(x_, config, status, outcome,
                                                connection_.clock_.now());
  }

 private:
  ClientConnection& connection_;
  const ServerExchange& x_;
  bool ended_ = false;
};

ClientConnection::ClientConnection(Worker& worker, int descriptor)
    : worker_(worker),
      socket_(runtime::Socket::adopt(descriptor)),
      clock_(worker.loop().clock()),
      started_(clock_.now()) {}

Deadline ClientConnection::after(std::chrono::milliseconds timeout) const {
  return {clock_.now() + timeout, nullptr};
}

void ClientConnection::cut() {
  idle_.request();
  if (running_ != nullptr) running_->request();
}

/// Runs `fn`; false when it threw. Nothing of ours throws, but memory may run out.
template <class Fn>
bool ClientConnection::guarded(Fn fn) {
  try {
    fn();
    return true;
  } catch (const std::exception& error) {
    std::array<char, 256> words;
    std::snprintf(words.data(), words.size(), "a connection failed: %s", error.what());
    worker_.shared().log.server(Log::Level::kError, words.data());
    return false;
  }
}

void ClientConnection::serve() {
  const auto all = [this] {
    if (secure()) serve_requests();
  };
  const auto last_words = [this] {
    (void)stream_->write(worker_.no_memory_answer(), after(options().timeouts.write_idle));
    linger();
  };
  if (!guarded(all) && stream_ && !answer_begun_) guarded(last_words);
}

/// Makes TLS where the configuration asks for it. False: the connection ends here.
bool ClientConnection::secure() {
  const auto context = worker_.setup()->snapshot->server_tls;
  if (!context) {
    stream_ = std::move(socket_);
    return true;
  }
  Deadline deadline = after(options().timeouts.head);
  deadline.cancel = &idle_;
  auto secured = runtime::accept_tls(std::move(socket_), *context, deadline);
  if (!secured) {
    worker_.metrics().tls_failed();
    if (secured.error().kind == runtime::IoError::Kind::kTls) {
      std::string fields = R"("error":)";
      json::append_quoted(fields, secured.error().detail);
      worker_.shared().log.server(Log::Level::kWarning, "tls handshake failed", fields);
    }
    return false;
  }
  stream_ = std::move(*secured);
  certificate_subject_ = stream_->peer_subject();
  return true;
}

void ClientConnection::serve_requests() {
  After after = After::kKeep;
  while (after == After::kKeep) {
    auto head = read_head();
    if (!head) {
      if (head.error().kind != ErrorKind::kCancelled) after = refuse(head.error(), {}, false);
      break;
    }
    if (!*head) return;
    setup_ = worker_.setup();
    after = serve_one(**head);
    setup_.reset();
  }
  linger();
}

/// Nothing: the connection ended, or was idle for too long, between two requests.
Result<std::optional<http::RequestHead>> ClientConnection::read_head() {
  http::HeadLimits limits;
  limits.max_bytes = options().limits.max_head;
  http::RequestParser parser(limits);
  answer_begun_ = false;
  Deadline deadline = after(options().timeouts.keep_alive);
  deadline.cancel = &idle_;
  bool waiting = input_.empty();
  started_ = clock_.now();
  if (!waiting) deadline = after(options().timeouts.head);
  while (true) {
    if (!input_.empty()) {
      const std::size_t size = TRY(parser.parse(input_));
      if (size > 0) {
        input_.erase(0, size);
        return std::optional(std::move(parser.head()));
      }
    }
    const std::span<char> scratch = worker_.loop().scratch().first(kHeadRead);
    const auto got = waiting ? read_next(scratch, deadline) : stream_->read(scratch, deadline);
    if (begins_no_request(input_) && (!got || *got == 0)) {
      return std::optional<http::RequestHead>{};
    }
    if (!got) return read_error(got.error(), "head");
    if (*got == 0) return client_left();
    if (std::exchange(waiting, false)) {
      started_ = clock_.now();
      deadline = after(options().timeouts.head);
    }
    input_.append(scratch.data(), *got);
  }
}

/// Reads between two requests. A connection that waits for long holds no memory that it can make
/// again.
runtime::IoResult<std::size_t> ClientConnection::read_next(std::span<char> scratch,
                                                           Deadline deadline) {
  Deadline soon = deadline;
  soon.at = std::min(deadline.at, clock_.now() + kSoon);
  auto got = stream_->read(scratch, soon);
  const bool silent = !got && got.error().kind == IoError::Kind::kTimeout;
  if (!silent || soon.at == deadline.at) return got;
  input_ = std::string();
  runtime::Fiber::current().trim_stack();
  return stream_->read(scratch, deadline);
}

Result<std::string> ClientConnection::read_body(const http::RequestHead& head,
                                                std::uint64_t limit) {
  if (head.framing.kind == http::Framing::Kind::kLength && head.framing.length > limit) {
    return too_large(limit);
  }
  std::string body;
  body.reserve(std::min<std::uint64_t>(head.framing.length, 1 << 20) + json::kPadding);
  http::BodyDecoder decoder(head.framing, ErrorKind::kMalformedHttp);
  const MonotonicTime begun = clock_.now();
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
    const MonotonicTime now = clock_.now();
    const auto idle = options().timeouts.body_idle;
    const std::span<char> scratch = worker_.loop().scratch();
    const auto got = stream_->read(scratch, {std::min(now + idle, begun + idle + earned), nullptr});
    if (!got) return read_error(got.error(), "body");
    if (*got == 0) return client_left();
    fresh = {scratch.data(), *got};
  }
  json::reserve_padding(body);
  return body;
}

Result<void> ClientConnection::send_continue() {
  if (!stream_->write("HTTP/1.1 100 Continue\r\n\r\n", after(options().timeouts.write_idle))) {
    return client_left();
  }
  return {};
}

ClientConnection::After ClientConnection::serve_one(http::RequestHead& head) {
  const std::string origin(head.headers.get("origin").value_or(""));
  const bool is_head = head.method == "HEAD";
  if (const auto admitted = setup().policy.admit(head); !admitted) {
    return refuse(admitted.error(), {}, is_head);
  }
  const auto asked = find_asked(head);
  if (!asked) return refuse(asked.error(), origin, is_head);
  if (head.method == "OPTIONS") return answer_options(head);
  if (asked->match.kind != RouteMatch::Kind::kApi) return answer_health(head, asked->match.kind);
  return serve_api(head, *asked, origin);
}

ClientConnection::After ClientConnection::serve_api(http::RequestHead& head, const Asked& asked,
                                                    std::string_view origin) {
  const bool is_head = head.method == "HEAD";
  const bool has_body = head.framing.kind != http::Framing::Kind::kNone;
  const std::uint64_t limit = takes_body(head.method) ? options().limits.max_body : kMaxUselessBody;
  if (head.expects_continue && has_body && head.framing.length <= limit && input_.empty()) {
    if (!send_continue()) return After::kClose;
  }
  auto body = read_body(head, limit);
  if (!body) {
    if (body.error().kind == ErrorKind::kCancelled) return After::kClose;
    return refuse(body.error(), origin, is_head);
  }
  if (!takes_body(head.method)) {
    body->clear();
  }
  if (input_.empty() && input_.capacity() > kKeptInput) input_ = std::string();

  Cancel cancel;
  ServerExchange x(new_id("req_"), clock_, started_, cancel, setup_->snapshot->config,
                   std::move(*body));
  x.request = make_request(head, asked.target, asked.match);
  x.request.certificate_subject = certificate_subject_;
  Running running(*this, x, cancel);
  return run_exchange(running, x, head, origin);
}

ClientConnection::After ClientConnection::run_exchange(Running& running, ServerExchange& x,
                                                       const http::RequestHead& head,
                                                       std::string_view origin) {
  auto result = setup_->snapshot->chain.run(x, setup_->router);
  x.release_body();
  const bool client_left = !result && result.error().kind == ErrorKind::kCancelled;
  if (client_left && !worker_.cutting()) {
    Outcome outcome;
    outcome.ending = Ending::kClientGone;
    running.ended(describe(ErrorKind::kCancelled).status, outcome);
    return After::kClose;
  }
  Response response = result ? std::move(*result) : error_answer(x, result.error());
  response.body.on_finish([&running, status = response.status](const Outcome& outcome) {
    running.ended(outcome.status != 0 ? outcome.status : status, outcome);
  });
  const Client client{
      *stream_, *setup_, origin, head.method == "HEAD", head.minor_version == 0, may_stay(head)};
  answer_begun_ = true;
  return relay(worker_, client, x, response) ? After::kKeep : After::kClose;
}

ClientConnection::After ClientConnection::answer_health(const http::RequestHead& head,
                                                        RouteMatch::Kind kind) {
  const bool ready = kind == RouteMatch::Kind::kLive || !worker_.draining();
  Headers headers;
  headers.set("content-type", "application/json");
  return answer_at_once(
      head, ready ? 200 : 503, headers,
      ready ? R"({"status":"ok"})" : R"({"status":"not_ready","reasons":["draining"]})");
}

ClientConnection::After ClientConnection::answer_options(const http::RequestHead& head) {
  Headers headers;
  if (BrowserPolicy::is_preflight(head)) {
    headers = setup().policy.preflight_headers(head);
  } else {
    headers.set("allow", "GET, HEAD, POST, DELETE, OPTIONS");
  }
  headers.set("x-request-id", new_id("req_"));
  return answer_at_once(head, 204, headers, {});
}

/// Answers without an exchange. A body that came along is not read, so the connection closes then.
ClientConnection::After ClientConnection::answer_at_once(const http::RequestHead& head, int status,
                                                         const Headers& headers,
                                                         std::string_view body) {
  const bool keep =
      may_stay(head) && !worker_.draining() && head.framing.kind == http::Framing::Kind::kNone;
  std::string out;
  http::write_response_head(out, status, headers, {http::Framing::Kind::kLength, body.size()},
                            keep ? http::Connection::kKeepAlive : http::Connection::kClose);
  if (head.method != "HEAD") out += body;
  answer_begun_ = true;
  const bool sent = stream_->write(out, after(options().timeouts.write_idle)).has_value();
  return sent && keep ? After::kKeep : After::kClose;
}

/// Answers what never becomes an exchange. The connection closes, for the request's bytes were not
/// all read or cannot be trusted.
ClientConnection::After ClientConnection::refuse(const Error& error, std::string_view origin,
                                                 bool is_head) {
  const std::string id = new_id("req_");
  const int status = describe(error.kind).status;
  worker_.metrics().refused(status);
  const std::string body = error_object(error, id);
  Headers headers;
  headers.set("x-request-id", id);
  set_error_headers(error, headers);
  setup().policy.allow_reading(origin, headers);
  std::string out;
  http::write_response_head(out, status, headers, {http::Framing::Kind::kLength, body.size()},
                            http::Connection::kClose);
  if (!is_head) out += body;
  answer_begun_ = true;
  (void)stream_->write(out, after(options().timeouts.write_idle));

  std::string fields =
      concat({R"("request_id":")", id, R"(","status":)", std::to_string(status), R"(,"error":)"});
  json::append_quoted(fields, error.public_message);
  worker_.shared().log.server(Log::Level::kWarning, "request refused", fields);
  return After::kClose;
}

/// Closing while bytes of the client are unread would reset the connection, and the reset would
/// overtake our answer (RFC 9112 section 9.6).
void ClientConnection::linger() {
  stream_->shutdown_write();
  const Deadline deadline = after(kLingerTime);
  std::size_t drained = 0;
  while (drained < kLingerBytes) {
    const auto got = stream_->read(worker_.loop().scratch(), deadline);
    if (!got || *got == 0) return;
    drained += *got;
  }
}

}  // namespace penstock::server
