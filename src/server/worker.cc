#include "server/worker.h"

#include <cerrno>
#include <chrono>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "http/message_writer.h"
#include "log/log.h"
#include "runtime/sleep.h"
#include "runtime/socket.h"
#include "server/client_connection.h"
#include "server/render_error.h"

namespace penstock::server {

namespace {

using namespace std::chrono_literals;
// Out of descriptors or memory: trying again at once would only burn the processor.
constexpr auto kAcceptPause = 100ms;

/// What a connection beyond max_connections is told.
std::string full_answer() {
  Error error = invalid_request("the gateway has no room for another connection; try again");
  error.kind = ErrorKind::kOverloaded;
  error.retry_after = 1s;
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
    : shared_(shared), loop_(clock), listener_(listener) {}

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
    setup_ = make_setup(std::move(snapshot));
  });
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
      (void)runtime::sleep_for(kAcceptPause, {MonotonicTime::max(), &accepting_});
    }
  }
  accepts_ = false;
  stop_when_empty();
}

void Worker::serve(int descriptor) {
  if (shared_.connections.fetch_add(1) >= shared_.max_connections) {
    static const std::string kFull = full_answer();
    (void)::send(descriptor, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(descriptor);
    shared_.connections.fetch_sub(1);
    return;
  }
  loop_.spawn([this, descriptor] {
    {
      ClientConnection connection(*this, descriptor);
      connections_.insert(&connection);
      connection.serve();
      connections_.erase(&connection);
    }
    shared_.connections.fetch_sub(1);
    stop_when_empty();
  });
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

void Worker::close_idle() {
  const auto idle = connections_;  // a connection that ends leaves the set
  for (ClientConnection* connection : idle) {
    if (connections_.contains(connection)) connection->close_if_idle();
  }
}

void Worker::cut_what_runs() {
  cutting_ = true;
  const auto left = connections_;
  std::uint64_t running = 0;
  for (const ClientConnection* connection : left) running += connection->is_busy() ? 1 : 0;
  shared_.cut += running;
  shared_.log.server(Log::Level::kWarning, "the drain time is over; running exchanges are cut",
                     "\"exchanges\":" + std::to_string(running));
  for (ClientConnection* connection : left) {
    if (connections_.contains(connection)) connection->cut();
  }
}

void Worker::stop_when_empty() {
  if (!draining_ || accepts_ || !connections_.empty()) return;
  drained_.request();
  loop_.stop();
}

}  // namespace penstock::server
