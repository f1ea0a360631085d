#include "control/control_server.h"

#include <cerrno>
#include <exception>
#include <poll.h>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "control/access.h"
#include "control/answer.h"
#include "control/connection.h"
#include "control/handlers.h"
#include "control/listening_socket.h"
#include "control/request_reader.h"

namespace penstock::control {

namespace {

constexpr int kThreads = 4;
constexpr int kPauseMs = 100;

}  // namespace

struct ControlServer::Impl {
  Impl(ListeningSocket socket, const config::ControlOptions& options, Operations& operations)
      : listener(std::move(socket)), access(options.admin_key), handlers(operations) {}
  ~Impl();

  void serve_clients();
  void serve(Connection& client);

  ListeningSocket listener;
  AccessPolicy access;
  Handlers handlers;
  std::vector<std::thread> threads;  // each takes one client at a time; the others queue up
};

ControlServer::Impl::~Impl() {
  listener.shut_down();
  for (std::thread& thread : threads) thread.join();
}

void ControlServer::Impl::serve_clients() {
  while (true) {
    pollfd waiting{listener.descriptor(), POLLIN, 0};
    ::poll(&waiting, 1, -1);
    const int descriptor = listener.accept();
    if (descriptor < 0) {
      if (errno == EINVAL) return;  // shut down
      waiting.events = 0;           // out of descriptors, say: only the end may come before time
      if (errno != EAGAIN && errno != EINTR) ::poll(&waiting, 1, kPauseMs);
      continue;
    }
    try {
      Connection client(descriptor, listener);
      serve(client);
    } catch (const std::exception&) {
      // Nothing of ours throws, but memory may run out: this client gets no answer, the next may.
    }
  }
}

/// One request for each connection: an idle one would keep a thread from those who ask.
void ControlServer::Impl::serve(Connection& client) {
  RequestReader reader(client, access);
  const Result<Request> request = reader.read();
  if (request) {
    client.write(handlers.answer(*request));
  } else if (request.error().kind != ErrorKind::kCancelled) {
    client.write(error_answer(request.error(), reader.method()));
    client.linger();
  }
}

Result<std::unique_ptr<ControlServer>> ControlServer::start(const config::ControlOptions& options,
                                                            Operations& operations) {
  auto impl =
      std::make_unique<Impl>(TRY(ListeningSocket::open(options.listen)), options, operations);
  try {
    for (int i = 0; i < kThreads; ++i) {
      impl->threads.emplace_back([raw = impl.get()] { raw->serve_clients(); });
    }
  } catch (const std::system_error& error) {
    return internal_error(std::string("control: cannot start a thread: ") + error.what());
  }
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ControlServer::~ControlServer() = default;

std::uint16_t ControlServer::port() const noexcept {
  return impl_->listener.port();
}

}  // namespace penstock::control
