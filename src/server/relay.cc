#include "server/relay.h"

#include <array>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "base/text.h"
#include "http/message_writer.h"
#include "runtime/fiber.h"
#include "runtime/sleep.h"
#include "server/render_error.h"

namespace penstock::server {

namespace {

using http::Framing;

// Of a body that is not a stream, how much is written at once.
constexpr std::size_t kSlice = 256 * 1024;
constexpr auto kReadingTime = std::chrono::seconds(1);
constexpr const char* kNoMemory = "out of memory";  // short enough to need none itself

/// The answer to one exchange while it is sent.
class Relay {
 public:
  Relay(Worker& worker, const Client& client, ServerExchange& x, Response& response)
      : worker_(worker), client_(client), x_(x), response_(response) {}
  ~Relay() {
    if (streaming_) worker_.metrics().stream_ends();
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Throws std::bad_alloc; then give_up() is called. Its frame is held by each open stream, so
  /// what happens once has frames of its own, not inlined.
  bool run() {
    const bool is_stream = response_.body.is_stream();
    auto chunk = is_stream ? wait_for_the_first() : response_.body.read(forever());
    if (!chunk) return fail_before_the_head(chunk.error());

    if (!is_stream) return send_whole();
    // The head waits for the first piece: until then a failure can still be told as a status.
    choose_stream_framing();
    streaming_ = true;
    worker_.metrics().stream_begins();
    std::string head = make_head();
    sends_events_ = equals_ignoring_case(
        media_type(response_.headers.get("content-type").value_or("")), "text/event-stream");
    // From here on the exchange mostly waits, so what it needed before is given back.
    response_.headers = {};
    runtime::Fiber::current().trim_stack();
    while (*chunk) {
      if (!send(std::exchange(head, {}), (*chunk)->bytes)) return client_gone();
      chunk = response_.body.read(forever());
      if (!chunk) return break_off(chunk.error());
    }
    return end_stream(head);
  }

  /// Memory ran out in the middle. May throw again; then it is enough to drop this.
  bool give_up() {
    if (wire_ != Wire::kNothing) return break_off(out_of_memory());
    wire_ = Wire::kTorn;
    outcome_.ending = Ending::kAbandoned;
    outcome_.error = kNoMemory;
    outcome_.status = describe(ErrorKind::kOverloaded).status;
    response_.body.finish(std::move(outcome_));
    (void)client_.stream.write(worker_.no_memory_answer(), patience());
    return false;
  }

 private:
  /// What the client has got: after a torn message there is no telling where another begins.
  enum class Wire { kNothing, kWhole, kTorn };

  bool write(std::span<const std::string_view> pieces, Deadline deadline) {
    wire_ = Wire::kTorn;
    if (!client_.stream.write(pieces, deadline)) return false;
    wire_ = Wire::kWhole;
    return true;
  }

  Deadline forever() const { return {MonotonicTime::max(), &x_.cancel()}; }
  Deadline patience() const { return x_.within(client_.setup.options().timeouts.write_idle); }

  Result<std::optional<Chunk>> wait_for_the_first() {
    const MonotonicTime before = x_.clock().now();
    auto chunk = response_.body.read(forever());
    x_.upstream_wait += x_.clock().now() - before;
    return chunk;
  }

  void choose_stream_framing() {
    if (client_.is_head) {
      framing_ = {};
    } else if (client_.http_1_0) {
      framing_ = {Framing::Kind::kUntilClose, 0};
    } else {
      framing_ = {Framing::Kind::kChunked, 0};
    }
  }

  bool keeps_alive() const {
    return client_.keep_alive && !worker_.draining() && framing_.kind != Framing::Kind::kUntilClose;
  }

  /// Its bytes go out at once: what is made here is when the first one did.
  [[gnu::noinline]] std::string make_head() {
    Headers& headers = response_.headers;
    headers.set("x-request-id", x_.id());
    if (const RequestFacts* facts = x_.known_facts(); facts && !facts->target.upstream.empty()) {
      headers.set("x-penstock-upstream", facts->target.upstream);
    }
    outcome_.first_byte = x_.clock().now();
    const auto overhead = *outcome_.first_byte - x_.started() - x_.upstream_wait;
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(overhead).count();
    worker_.metrics().overhead(x_.request.route, overhead);
    headers.set("x-penstock-overhead-us", std::to_string(std::max<long>(micros, 0)));
    x_.run_answer_hooks(headers);
    client_.setup.policy.allow_reading(client_.origin, headers);

    std::string head;
    const auto connection = keeps_alive() ? http::Connection::kKeepAlive : http::Connection::kClose;
    http::write_response_head(head, response_.status, headers, framing_, connection);
    return head;
  }

  [[gnu::noinline]] bool send_whole() {
    const std::string& body = response_.body.whole();
    framing_ = {Framing::Kind::kLength, body.size()};
    const std::string head = make_head();
    const bool bodiless = client_.is_head || response_.status == 204 || response_.status == 304;
    if (!send_slices(head, bodiless ? std::string_view{} : body)) return client_gone();
    return complete();
  }

  /// Each slice has its own time, so that only a client which takes nothing is dropped.
  bool send_slices(std::string_view head, std::string_view body) {
    while (true) {
      const std::array<std::string_view, 2> pieces{head, body.substr(0, kSlice)};
      if (!write(pieces, patience())) return false;
      outcome_.bytes_out += pieces[1].size();
      body.remove_prefix(pieces[1].size());
      if (body.empty()) return true;
      head = {};
    }
  }

  bool send(const std::string& head, std::string_view bytes) {
    std::string size_line;
    std::string_view end;
    if (framing_.kind == Framing::Kind::kChunked) {
      http::write_chunk_size(size_line, bytes.size());
      end = "\r\n";
    }
    if (client_.is_head) bytes = {};
    const std::array<std::string_view, 4> pieces{head, size_line, bytes, end};
    if (!write(pieces, patience())) return false;
    outcome_.bytes_out += bytes.size();
    return true;
  }

  [[gnu::noinline]] bool end_stream(const std::string& head) {
    const std::string_view last = framing_.kind == Framing::Kind::kChunked
                                      ? std::string_view("0\r\n\r\n")
                                      : std::string_view();
    const std::array<std::string_view, 2> pieces{head, last};
    if (!write(pieces, patience())) return client_gone();
    return complete();
  }

  [[gnu::noinline]] bool complete() {
    outcome_.ending = Ending::kComplete;
    response_.body.finish(std::move(outcome_));
    return keeps_alive();
  }

  [[gnu::noinline]] bool client_gone() {
    outcome_.ending = worker_.cutting() ? Ending::kAbandoned : Ending::kClientGone;
    outcome_.error = worker_.cutting() ? "cut by the end of the drain" : "the client left";
    response_.body.finish(std::move(outcome_));
    return false;
  }

  [[gnu::noinline]] bool fail_before_the_head(const Error& error) {
    if (error.kind == ErrorKind::kCancelled && !worker_.cutting()) return client_gone();
    note_failure(error);
    outcome_.status = describe(error.kind).status;
    response_.body.finish(std::move(outcome_));
    Response answer = error_answer(x_, error);
    return relay(worker_, client_, x_, answer);
  }

  [[gnu::noinline]] bool break_off(Error error) {
    if (error.kind == ErrorKind::kCancelled) {
      if (!worker_.cutting()) return client_gone();
      error.public_message = "the gateway is shutting down";
      error.kind = ErrorKind::kOverloaded;
    }
    bool told = false;
    if (sends_events_ && !error.public_message.empty() && wire_ != Wire::kTorn) {
      const std::string event = "data: " + error_object(error, x_.id()) + "\n\n";
      // Its own time, since the exchange may be cancelled; what counts is that we tried.
      const Deadline deadline{x_.clock().now() + std::chrono::seconds(1), nullptr};
      std::string size_line;
      http::write_chunk_size(size_line, event.size());
      const bool chunked = framing_.kind == Framing::Kind::kChunked;
      const std::array<std::string_view, 3> pieces{chunked ? size_line : std::string_view(), event,
                                                   chunked ? "\r\n" : std::string_view()};
      told = write(pieces, deadline);
      if (told) outcome_.bytes_out += event.size();
    }
    note_failure(error);
    response_.body.finish(std::move(outcome_));
    // Browsers drop what a page has not read yet when the connection breaks, the error event too.
    // Who has read it hangs up.
    if (told) (void)runtime::sleep_for(kReadingTime, {MonotonicTime::max(), &x_.cancel()});
    return false;
  }

  void note_failure(const Error& error) {
    const bool ours = worker_.cutting() || error.source == ErrorSource::kInternal;
    outcome_.ending = ours ? Ending::kAbandoned : Ending::kUpstreamFailed;
    outcome_.error = error.detail.empty() ? error.public_message : error.detail;
  }

  Worker& worker_;
  const Client& client_;
  ServerExchange& x_;
  Response& response_;
  bool streaming_ = false;
  bool sends_events_ = false;
  Wire wire_ = Wire::kNothing;
  Framing framing_;
  Outcome outcome_;
};

}  // namespace

bool relay(Worker& worker, const Client& client, ServerExchange& x, Response& response) {
  Relay answer(worker, client, x, response);
  // Each step outside of the catch blocks, since a fiber must not wait inside one.
  try {
    return answer.run();
  } catch (const std::bad_alloc&) {
  }
  try {
    return answer.give_up();
  } catch (const std::bad_alloc&) {
  }
  return false;  // the body is dropped, and hears of it
}

Response error_answer(const ServerExchange& x, const Error& error) {
  Response response;
  response.status = describe(error.kind).status;
  set_error_headers(error, response.headers);
  response.body = Body(error_object(error, x.id()));
  return response;
}

}  // namespace penstock::server
