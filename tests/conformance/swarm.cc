#include "conformance/swarm.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conformance/answers.h"
#include "support/socket.h"

namespace penstock::test {

namespace {

using Time = std::chrono::steady_clock::time_point;

// Few enough that a request of some hundred writes is out long before a deadline for heads.
constexpr std::size_t kSendAtOnce = 16;
// The others get on between two turns of one client; the bytes of a huge case take no more turns.
constexpr std::size_t kTurnsToSend = 400;
// Few enough for 1,024 descriptors on each side.
constexpr std::size_t kOpenAtOnce = 400;

int connect_to(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;  // a piece is a write is a segment
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// One connection of the swarm.
class Client {
 public:
  Client(std::uint16_t port, const Play& play, Heard& heard)
      : play_(&play), heard_(&heard), fd_(connect_to(port)) {
    heard_->connected = fd_ >= 0;
  }
  Client(Client&& other) noexcept { *this = std::move(other); }
  Client& operator=(Client&& other) noexcept {
    std::swap(play_, other.play_);
    std::swap(heard_, other.heard_);
    std::swap(fd_, other.fd_);
    piece_ = other.piece_;
    offset_ = other.offset_;
    give_up_at_ = other.give_up_at_;
    return *this;
  }
  ~Client() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const noexcept { return fd_; }
  bool sending() const noexcept { return fd_ >= 0 && piece_ < play_->pieces.size(); }
  bool over(Time now) const { return fd_ < 0 || heard_->ended || now > give_up_at_; }

  /// The next pieces, each in a write of its own.
  void take_turn() {
    const std::size_t pieces = 1 + play_->pieces.size() / kTurnsToSend;
    for (std::size_t i = 0; i < pieces && sending(); ++i) send_piece();
  }

  void receive() {
    std::array<char, 16384> buffer;
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    heard_->ended = got <= 0;
    if (got <= 0) return;
    heard_->bytes.append(buffer.data(), static_cast<std::size_t>(got));
    const bool all_there = play_->answers > 0 && whole_answers(heard_->bytes) >= play_->answers;
    if (all_there && !sending()) ::shutdown(fd_, SHUT_WR);
  }

 private:
  /// The rest of the present piece.
  void send_piece() {
    const std::string_view piece = play_->pieces[piece_].substr(offset_);
    const ssize_t sent = ::send(fd_, piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) return;
    offset_ += sent < 0 ? 0 : static_cast<std::size_t>(sent);
    if (sent < 0) piece_ = play_->pieces.size();  // refused already: only the answer is of interest
    if (piece_ < play_->pieces.size() && offset_ == play_->pieces[piece_].size()) next_piece();
    give_up_at_ = std::chrono::steady_clock::now() + kPatience;
  }

  void next_piece() {
    ++piece_;
    offset_ = 0;
  }

  const Play* play_ = nullptr;
  Heard* heard_ = nullptr;
  int fd_ = -1;
  std::size_t piece_ = 0;
  std::size_t offset_ = 0;
  Time give_up_at_ = std::chrono::steady_clock::now() + kPatience;
};

/// Lets everybody read, waiting for the first to have something when nobody has to send.
void receive_all(std::vector<Client>& clients, int timeout_ms) {
  std::vector<pollfd> fds;
  fds.reserve(clients.size());
  for (const Client& client : clients) fds.push_back({client.fd(), POLLIN, 0});
  ::poll(fds.data(), fds.size(), timeout_ms);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (fds[i].revents != 0) clients[i].receive();
  }
}

}  // namespace

std::vector<Heard> play_all(std::uint16_t port, const std::vector<Play>& plays) {
  std::vector<Heard> heard(plays.size());
  std::vector<Client> clients;
  std::size_t next = 0;
  while (next < plays.size() || !clients.empty()) {
    auto senders = static_cast<std::size_t>(
        std::count_if(clients.begin(), clients.end(), [](const Client& c) { return c.sending(); }));
    for (; next < plays.size() && senders < kSendAtOnce && clients.size() < kOpenAtOnce; ++next) {
      clients.emplace_back(port, plays[next], heard[next]);
      ++senders;
    }
    for (Client& client : clients) {
      if (client.sending()) client.take_turn();
    }
    constexpr int kTurnMs = 50;  // then the clock is looked at
    const bool may_wait = senders == 0 && (next == plays.size() || clients.size() == kOpenAtOnce);
    receive_all(clients, may_wait ? kTurnMs : 0);
    const Time now = std::chrono::steady_clock::now();
    std::erase_if(clients, [now](const Client& client) { return client.over(now); });
  }
  return heard;
}

}  // namespace penstock::test
