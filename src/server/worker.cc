#include "server/worker.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "http/message_writer.h"
#include "log/log.h"
#include "runtime/descriptors.h"
#include "runtime/sleep.h"
#include "runtime/socket.h"
#include "server/client_connection.h"
#include "server/render_error.h"

namespace penstock::server {

namespace {

using namespace std::chrono_literals;
// Out of descriptors or memory: trying again at once would only burn the processor.
constexpr auto kAcceptPause = 100ms;

// Under a flood of connections the log is told now and then.
constexpr auto kTellEvery = 10s;

/// What a connection beyond max_connections is told.
Error no_room() {
  Error error = invalid_request("the gateway has no room for another connection; try again");
  error.kind = ErrorKind::kOverloaded;
  error.retry_after = 1s;
  return error;
}

/// An answer made beforehand, for when there is no time or no memory to make one.
std::string whole_answer(const Error& error) {
  Headers headers;
  set_error_headers(error, headers);
  const std::string body = error_object(error, "");
  std::string answer;
  http::write_response_head(answer, describe(error.kind).status, headers,
                            {http::Framing::Kind::kLength, body.size()}, http::Connection::kClose);
  return answer + body;
}

}  // namespace

Worker::Worker(Shared& shared, const Clock& clock, int listener)
    : shared_(shared),
      loop_(clock),
      listener_(listener),
      full_answer_(whole_answer(no_room())),
      no_memory_answer_(whole_answer(out_of_memory())) {}

Worker::~Worker() = default;

void Worker::run(std::shared_ptr<const Snapshot> snapshot) {
  metrics_ = std::make_unique<ServerMetrics>(shared_.metrics);
  setup_ = make_setup(std::move(snapshot));
  accepts_ = true;
  loop_.spawn([this] { accept_all(listener_); });
  loop_.run();
  setup_.reset();
}

std::shared_ptr<const Setup> Worker::make_setup(std::shared_ptr<const Snapshot> snapshot) {
  return std::make_shared<Setup>(std::move(snapshot), shared_.resolver, shared_.metrics,
                                 shared_.loopback_only);
}

void Worker::replace(std::shared_ptr<const Snapshot> snapshot) {
  loop_.post([this, snapshot = std::move(snapshot)]() mutable {
    next_ = std::move(snapshot);
    take_over();
  });
}

/// Without memory the old one serves on; the next request tries again.
void Worker::take_over() noexcept {
  try {
    setup_ = make_setup(next_);
    next_.reset();
  } catch (const std::exception&) {
    tell(Lack::kMemory);
  }
}

void Worker::accept_all(int listener) {
  runtime::Socket socket(listener);
  while (!accepting_.requested()) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      serve(descriptor);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN) {
      (void)socket.wait_readable({MonotonicTime::max(), &accepting_});
    } else {
      tell(errno == EMFILE || errno == ENFILE ? Lack::kDescriptors : Lack::kMemory);
      (void)runtime::sleep_for(kAcceptPause, {MonotonicTime::max(), &accepting_});
    }
  }
  accepts_ = false;
  stop_when_empty();
}

void Worker::serve(int descriptor) {
  if (shared_.connections.fetch_add(1) >= shared_.max_connections) {
    return turn_away(descriptor, Lack::kRoom);
  }
  if (runtime::is_kept_back(descriptor)) return turn_away(descriptor, Lack::kDescriptors);
  try {
    loop_.spawn([this, descriptor] { serve_until_closed(descriptor); });
  } catch (const std::bad_alloc&) {
    turn_away(descriptor, Lack::kMemory);
  }
}

void Worker::serve_until_closed(int descriptor) {
  try {
    ClientConnection connection(*this, descriptor);
    connections_.insert(&connection);
    connection.serve();
    connections_.erase(&connection);
  } catch (const std::exception&) {  // not even memory to begin with; the descriptor is closed
    metrics_->turned_away(Lack::kMemory);
    tell(Lack::kMemory);
  }
  shared_.connections.fetch_sub(1);
  stop_when_empty();
}

/// Answers 503 as far as that takes no time, and closes.
void Worker::turn_away(int descriptor, Lack lack) {
  shared_.connections.fetch_sub(1);
  metrics_->turned_away(lack);  // before the client can ask
  const std::string& answer = lack == Lack::kMemory ? no_memory_answer_ : full_answer_;
  (void)::send(descriptor, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::close(descriptor);
  tell(lack);
}

/// Says it in the log, now and then.
void Worker::tell(Lack lack) {
  static constexpr std::array<std::string_view, 3> kWords{
      "connections are turned away: server.limits.max_connections is reached",
      "connections are turned away: no file descriptor is left; raise the limit (`ulimit -n`, "
      "LimitNOFILE) or lower server.limits.max_connections",
      "memory runs out; give the process more, or lower server.limits.max_connections"};
  const MonotonicTime now = loop_.clock().now();
  if (told_at_ != MonotonicTime{} && now - told_at_ < kTellEvery) return;
  told_at_ = now;
  shared_.log.server(Log::Level::kWarning, kWords[static_cast<std::size_t>(lack)]);
}

void Worker::drain() {
  loop_.post([this] { begin_drain(); });
}

void Worker::begin_drain() {
  if (std::exchange(draining_, true)) return;
  loop_.spawn([this] {
    const auto timeouts = setup_->options().timeouts;
    (void)runtime::sleep_for(timeouts.lame_duck, {MonotonicTime::max(), &drained_});
    accepting_.request();
    close_idle();
    if (connections_.empty()) return stop_when_empty();
    if (!runtime::sleep_for(timeouts.drain, {MonotonicTime::max(), &drained_})) return;
    cut_what_runs();
  });
}

// Runs in a fiber: the connections that it wakes end only when this one waits.
void Worker::close_idle() const {
  for (ClientConnection* connection : connections_) connection->close_if_idle();
}

void Worker::cut_what_runs() {
  cutting_ = true;
  std::uint64_t running = 0;
  for (const ClientConnection* connection : connections_) running += connection->is_busy() ? 1 : 0;
  shared_.cut += running;
  shared_.log.server(Log::Level::kWarning, "the drain time is over; running exchanges are cut",
                     "\"exchanges\":" + std::to_string(running));
  for (ClientConnection* connection : connections_) connection->cut();
}

void Worker::stop_when_empty() {
  if (!draining_ || accepts_ || !connections_.empty()) return;
  drained_.request();
  loop_.stop();
}

}  // namespace penstock::server
