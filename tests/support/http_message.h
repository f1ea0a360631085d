#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/socket.h"

namespace penstock::test {

/// A request or an answer as it came over the wire, read by code that shares nothing with the
/// gateway's own codec.
struct Message {
  std::string head;        // raw, the blank line included
  std::string start_line;  // "POST /v1/chat/completions HTTP/1.1", "HTTP/1.1 200 OK"
  std::vector<std::pair<std::string, std::string>> fields;  // as spelt, in order
  std::string body;                                         // decoded; what has arrived of it
  bool complete = false;                                    // the body came to its proper end

  /// The first field of that name, in any case; empty when there is none.
  std::string field(std::string_view name) const;
  bool has_field(std::string_view name) const;
  /// Of an answer; 0 when nothing was read.
  int status() const;
  /// Of a request: the second word of the start line.
  std::string target() const;
};

/// Reads one message after the other from a socket, which must outlive it.
class MessageReader {
 public:
  enum class Kind { kRequest, kAnswer };
  MessageReader(Socket& socket, Kind kind) noexcept : socket_(&socket), kind_(kind) {}

  /// Reads the next head; false when the other side ended or fell silent before it was whole.
  bool read_head(Message& message);
  /// The next piece of the body as it arrives, a whole chunk at a time where it is chunked; also
  /// appended to message.body. nullopt: the end, and message.complete tells whether a proper one.
  std::optional<std::string> read_piece(Message& message);
  /// Reads the rest of the body.
  void read_body(Message& message);
  /// Head and body.
  Message read();

  /// Waits for the other side to end the connection: kEnd, kReset, or kTimeout when it did not.
  /// Bytes that come before are dropped.
  Socket::State wait_for_end(std::chrono::milliseconds patience = kPatience);
  /// Bytes that were read behind the last message.
  const std::string& left_over() const noexcept { return buffer_; }

 private:
  enum class Framing { kNone, kLength, kChunked, kUntilClose };

  void choose_framing(const Message& message);
  bool fill();
  std::optional<std::string> take_line();
  std::optional<std::string> take_bytes(std::size_t size);
  std::optional<std::string> take_chunk(Message& message);
  std::optional<std::string> take_part(Message& message);

  Socket* socket_;
  Kind kind_;
  std::string buffer_;
  Socket::State last_ = Socket::State::kBytes;
  Framing framing_ = Framing::kNone;
  std::uint64_t remaining_ = 0;
};

}  // namespace penstock::test
