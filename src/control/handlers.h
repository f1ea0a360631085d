#pragma once

#include <memory>
#include <string>

#include "control/operations.h"
#include "control/request_reader.h"

namespace penstock::control {

/// What the endpoints answer: a cpp-httplib server without its sockets. RequestReader is in front
/// of it, so it only sees requests that it may answer. Thread-safe as Operations is.
class Handlers {
 public:
  /// `operations` outlives this.
  explicit Handlers(Operations& operations);
  ~Handlers();

  /// The whole answer, status line and headers included, which says that the connection closes.
  /// What a handler throws becomes a 500 that tells nothing of it. Blocks as long as the operation.
  std::string answer(const Request& request);

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace penstock::control
