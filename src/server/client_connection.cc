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
// A request without a meaning for its body may bring a little one all the same.
constexpr std::uint64_t kMaxUselessBody = 64 * 1024;
constexpr std::size_t kLingerBytes = 64 * 1024;
constexpr auto kLingerTime = 1s;

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
    connection_.stream_->watch(cancel, connection_.reader_->ahead(), kReadAhead);
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
    : worker_(worker), socket_(runtime::Socket::adopt(descriptor)), clock_(worker.loop().clock()) {}

Deadline ClientConnection::after(std::chrono::milliseconds timeout) const {
  return {clock_.recent() + timeout, nullptr};
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
  reader_.emplace(*stream_, worker_.loop(), idle_);
  After after = After::kKeep;
  while (after == After::kKeep) {
    answer_begun_ = false;
    auto head = reader_->read_head(options());
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

bool ClientConnection::send_continue() {
  const Deadline deadline = after(options().timeouts.write_idle);
  return stream_->write("HTTP/1.1 100 Continue\r\n\r\n", deadline).has_value();
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
  if (head.expects_continue && has_body && head.framing.length <= limit &&
      reader_->ahead().empty()) {
    if (!send_continue()) return After::kClose;
  }
  auto body = reader_->read_body(head, limit, options());
  if (!body) {
    if (body.error().kind == ErrorKind::kCancelled) return After::kClose;
    return refuse(body.error(), origin, is_head);
  }
  if (!takes_body(head.method)) {
    body->clear();
  }

  Cancel cancel;
  ServerExchange x(new_id("req_"), clock_, reader_->started(), cancel, setup_->snapshot->config,
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
