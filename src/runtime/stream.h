#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "penstock/clock.h"

namespace penstock::runtime {

/// Why a stream or a look-up gave nothing.
struct IoError {
  enum class Kind {
    kTimeout,    // the deadline's time came
    kCancelled,  // the deadline's token was requested
    kClosed,     // the peer is gone: reset, broken pipe, or an end where none may be
    kRefused,    // no connection came about
    kTls,        // the TLS layer refused: certificate, protocol
    kName,       // the host name has no address
    kExhausted,  // this process or machine has no descriptor, port or memory left for it
  };
  Kind kind = Kind::kClosed;
  std::string detail;  // for the log
};

template <class T>
using IoResult = boost::system::result<T, IoError>;

[[noreturn]] void throw_exception_from_error(const IoError& error,
                                             const boost::source_location& where);

/// A connected byte stream, plain or TLS. Used by one fiber at a time. Destroying it closes it.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Reads what is there, at least one byte, 0 at the end of the stream. Suspends until then.
  /// Loop's scratch room may be used as `buffer`: it is filled only right before read returns.
  virtual IoResult<std::size_t> read(std::span<char> buffer, Deadline deadline) = 0;
  /// Writes all pieces, in one system call where the socket takes them. May suspend; what it could
  /// not write before that it has copied, so the pieces need not outlive a suspension.
  virtual IoResult<void> write(std::span<const std::string_view> pieces, Deadline deadline) = 0;
  /// The same for a request whose answer may come before all of it was taken: stops as soon as
  /// there is something to read, the end of the stream included, and says how many bytes were
  /// taken. The pieces outlive the call. What is left may be written later, unchanged.
  virtual IoResult<std::size_t> write_until_input(std::span<const std::string_view> pieces,
                                                  Deadline deadline) = 0;
  /// While nobody reads: takes what arrives into `spill`, up to `limit` bytes, and requests
  /// `cancel` when the peer is gone (its end of the stream or a reset). Beyond the limit it looks
  /// no more. Both outlive the watch.
  virtual void watch(Cancel& cancel, std::string& spill, std::size_t limit) = 0;
  virtual void unwatch() = 0;
  /// True when the loop has heard neither of unread data nor of an end: good to be used again.
  /// Never suspends.
  virtual bool is_quiet() = 0;

  /// Says that nothing more will be written. Never suspends.
  virtual void shutdown_write() = 0;
  /// The subject of the certificate that the peer proved and that was verified, as RFC 4514 writes
  /// it, in ASCII; empty: there is none.
  virtual std::string peer_subject() const { return {}; }

  IoResult<void> write(std::string_view piece, Deadline deadline) {
    return write(std::span(&piece, 1), deadline);
  }
};

}  // namespace penstock::runtime
