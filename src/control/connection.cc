#include "control/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace penstock::control {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kMaxSilence = 5s;
constexpr milliseconds kMaxTime = 15s;
constexpr milliseconds kLingerTime = 1s;
constexpr std::size_t kLingerBytes = 64 * 1024;
constexpr std::size_t kReadBytes = 16 * 1024;

Error client_left() {
  Error error = invalid_request("the client left");
  error.kind = ErrorKind::kCancelled;
  return error;
}

Error too_slow() {
  Error error = invalid_request("the request came too slowly");
  error.kind = ErrorKind::kRequestTimeout;
  return error;
}

}  // namespace

Connection::Connection(int descriptor, const ListeningSocket& listener)
    : descriptor_(descriptor),
      listener_(listener),
      read_deadline_(system_clock().now() + kMaxTime) {}

Connection::~Connection() {
  ::close(descriptor_);
}

Connection::Ready Connection::wait(short events, MonotonicTime deadline) const {
  std::array<pollfd, 2> both{{{descriptor_, events, 0}, {listener_.descriptor(), 0, 0}}};
  // An answer under way is finished even while the server stops.
  const nfds_t count = events == POLLIN ? 2 : 1;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - system_clock().now());
    const auto silence = std::clamp(left, 0ms, kMaxSilence);
    const int ready = ::poll(both.data(), count, static_cast<int>(silence.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Ready::kTooLate;
    return both[0].revents != 0 ? Ready::kYes : Ready::kStopping;
  }
}

Result<void> Connection::read_more(std::string& buffer) {
  const Ready ready = wait(POLLIN, read_deadline_);
  if (ready == Ready::kTooLate) return too_slow();
  if (ready == Ready::kStopping) return client_left();
  const std::size_t size = buffer.size();
  buffer.resize(size + kReadBytes);
  const ssize_t got = ::recv(descriptor_, buffer.data() + size, kReadBytes, 0);
  buffer.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got <= 0) return client_left();
  return {};
}

bool Connection::write(std::string_view bytes) {
  const MonotonicTime deadline = system_clock().now() + kMaxTime;
  while (!bytes.empty()) {
    if (wait(POLLOUT, deadline) != Ready::kYes) return false;
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  }
  return true;
}

void Connection::linger() {
  ::shutdown(descriptor_, SHUT_WR);
  read_deadline_ = system_clock().now() + kLingerTime;
  std::size_t dropped = 0;
  std::string bytes;
  while (dropped < kLingerBytes && read_more(bytes)) {
    dropped += bytes.size();
    bytes.clear();
  }
}

}  // namespace penstock::control
