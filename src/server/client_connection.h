#pragma once

#include <memory>
#include <optional>
#include <string>

#include "penstock/response.h"

#include "http/request_parser.h"
#include "http/url.h"
#include "runtime/stream.h"
#include "server/client_request.h"
#include "server/request_reader.h"
#include "server/routes.h"
#include "server/server_exchange.h"
#include "server/worker.h"

namespace penstock::server {

/// What a request asks for.
struct Asked {
  http::Target target;
  RouteMatch match;
};

/// One client's connection: reads its requests one after the other, strictly, and answers them in
/// order. Used by one fiber of the worker.
///
/// A client that closes its sending side while its request runs counts as gone: TCP cannot tell a
/// half-close from a close, and an upstream that works for nobody costs money.
class ClientConnection {
 public:
  /// Takes over the descriptor, also when it throws. `worker` outlives it.
  ClientConnection(Worker& worker, int descriptor);

  /// Serves until the connection is to be closed. Suspends.
  void serve();
  /// Ends the wait for a further request, if it waits for one.
  void close_if_idle() { idle_.request(); }
  /// Cuts what runs. The worker's cutting() tells why.
  void cut();
  /// True while an exchange runs.
  bool is_busy() const noexcept { return running_ != nullptr; }

 private:
  enum class After { kKeep, kClose };

  class Running;

  template <class Fn>
  bool guarded(Fn fn);
  bool secure();
  void serve_requests();
  bool send_continue();
  After serve_one(http::RequestHead& head);
  After serve_api(http::RequestHead& head, const Asked& asked, std::string_view origin);
  After run_exchange(Running& running, ServerExchange& x, const http::RequestHead& head,
                     std::string_view origin);

  After answer_health(const http::RequestHead& head, RouteMatch::Kind kind);
  After answer_options(const http::RequestHead& head);
  After answer_at_once(const http::RequestHead& head, int status, const Headers& headers,
                       std::string_view body);
  After refuse(const Error& error, std::string_view origin, bool is_head);
  void linger();

  /// Of the request that runs, else the current one: a connection that waits holds none back.
  const Setup& setup() const { return setup_ ? *setup_ : *worker_.setup(); }
  const config::ServerOptions& options() const { return setup().options(); }
  Deadline after(std::chrono::milliseconds timeout) const;

  Worker& worker_;
  std::unique_ptr<runtime::Socket> socket_;  // until secure()
  std::unique_ptr<runtime::Stream> stream_;  // since then
  std::string certificate_subject_;
  std::shared_ptr<const Setup> setup_;
  const Clock& clock_;
  Cancel idle_;
  std::optional<RequestReader> reader_;  // of the stream
  Cancel* running_ = nullptr;            // of the exchange that runs
  bool answer_begun_ = false;  // of the current request: another answer must not follow it
};

}  // namespace penstock::server
