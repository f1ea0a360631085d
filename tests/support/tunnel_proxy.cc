#include "support/tunnel_proxy.h"

#include <utility>

namespace penstock::test {

/// Two connections, and the thread that serves them with one of its own for the way back.
struct TunnelProxy::Tunnel {
  explicit Tunnel(Socket socket) : client(std::move(socket)) {}

  Socket client;
  Socket target{-1};
  std::thread thread;
};

namespace {

/// Hands bytes on until the end, which it hands on as well.
template <class Look>
void relay(Socket& from, Socket& to, const Look& look) {
  while (true) {
    const Socket::Read piece = from.read();
    if (piece.state != Socket::State::kBytes) break;
    look(piece.bytes);
    if (!to.send(piece.bytes)) break;
  }
  to.half_close();
}

}  // namespace

TunnelProxy::TunnelProxy() : refuses_(false), acceptor_([this] { accept_all(); }) {}

TunnelProxy::TunnelProxy(std::string answer)
    : refuses_(true), answer_(std::move(answer)), acceptor_([this] { accept_all(); }) {}

TunnelProxy::~TunnelProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  listener_.shut_down();
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& tunnel : tunnels_) {
      tunnel->client.shut_down();
      tunnel->target.shut_down();
    }
  }
  for (const auto& tunnel : tunnels_) tunnel->thread.join();
}

std::vector<std::string> TunnelProxy::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string TunnelProxy::relayed() const {
  const std::lock_guard lock(mutex_);
  return relayed_;
}

void TunnelProxy::accept_all() {
  while (true) {
    Socket socket = listener_.accept();
    const std::lock_guard lock(mutex_);
    if (stopping_ || !socket.is_open()) return;
    Tunnel& tunnel = *tunnels_.emplace_back(std::make_unique<Tunnel>(std::move(socket)));
    tunnel.thread = std::thread([this, &tunnel] { serve(tunnel); });
  }
}

void TunnelProxy::serve(Tunnel& tunnel) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const Socket::Read piece = tunnel.client.read();
    if (piece.state != Socket::State::kBytes) return;
    head += piece.bytes;
  }
  if (!open(tunnel, std::move(head))) {
    tunnel.client.send(answer_);
    tunnel.client.read();  // until the client leaves
    return;
  }
  std::thread back([&tunnel] { relay(tunnel.target, tunnel.client, [](std::string_view) {}); });
  tunnel.client.send("HTTP/1.1 200 Connection established\r\nContent-Length: 9\r\n\r\n");
  relay(tunnel.client, tunnel.target, [this](std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    relayed_ += bytes;
  });
  back.join();
}

/// Notes the request and connects to its target; false where there is to be no tunnel.
bool TunnelProxy::open(Tunnel& tunnel, std::string head) {
  const std::string target = head.substr(0, head.find(" HTTP/1.1\r\n"));
  const auto port = static_cast<std::uint16_t>(std::stoi(target.substr(target.rfind(':') + 1)));
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(head));
  if (stopping_ || refuses_) return false;
  tunnel.target = Socket::connect(port);
  return true;
}

}  // namespace penstock::test
