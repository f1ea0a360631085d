#pragma once

#include <string>
#include <string_view>

#include "penstock/clock.h"
#include "penstock/result.h"

#include "control/listening_socket.h"

namespace penstock::control {

/// A client of the control plane. Blocks its thread, but every wait is bounded: 5 s of silence, and
/// 15 s for the whole request and for the whole answer. Used by one thread.
class Connection {
 public:
  /// Owns `descriptor`. `listener` outlives this; when it is shut down, waiting for the client's
  /// bytes ends.
  Connection(int descriptor, const ListeningSocket& listener);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Waits for the next bytes and appends them, at most 16 KiB. Errors: kRequestTimeout;
  /// kCancelled: the client left, or the server stops.
  Result<void> read_more(std::string& buffer);
  /// Sends all of it, also while the server stops. False: the client is gone or takes nothing.
  bool write(std::string_view bytes);
  /// To be called before a request is closed that was not read to its end: closing at once would
  /// reset the connection, and the reset would overtake the answer (RFC 9112 section 9.6).
  void linger();

 private:
  enum class Ready { kYes, kTooLate, kStopping };
  Ready wait(short events, MonotonicTime deadline) const;

  int descriptor_;
  const ListeningSocket& listener_;
  MonotonicTime read_deadline_;
};

}  // namespace penstock::control
