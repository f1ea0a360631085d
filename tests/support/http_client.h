#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/http_message.h"
#include "support/socket.h"

namespace penstock::test {

/// A blocking HTTP/1.1 client that sends what a test wants, byte for byte, well-formed or not.
/// Every wait ends after kPatience; what was not received is then missing from the answer (status
/// 0, or not `complete`). Used by one thread.
///
///   RawClient client(gateway.port());
///   client.send(post("/v1/chat/completions", body));
///   EXPECT_EQ(client.read_answer().status(), 200);
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const noexcept { return socket_.is_open(); }

  /// False when the server is gone.
  bool send(std::string_view bytes) { return socket_.send(bytes); }
  bool send_byte_by_byte(std::string_view bytes);

  /// Head and body of the next answer, interim ones included.
  Message read_answer() { return reader_.read(); }
  /// The head alone; then read_piece gives the body as it comes.
  bool read_head(Message& answer) { return reader_.read_head(answer); }
  std::optional<std::string> read_piece(Message& answer) { return reader_.read_piece(answer); }
  /// Reads pieces until `text` is in the body; false when the body ended before.
  bool read_until(Message& answer, std::string_view text);
  /// Waits until the server ends the connection, and says how.
  Socket::State wait_for_end() { return reader_.wait_for_end(); }

  void half_close() { socket_.half_close(); }
  void reset() { socket_.reset(); }
  void close() { socket_.close(); }

 private:
  Socket socket_;
  MessageReader reader_;
};

/// The bytes of a JSON request with a length. `fields`: further lines, each ended by CRLF.
std::string post(std::string_view path, std::string_view body, std::string_view fields = {});
std::string get(std::string_view path, std::string_view fields = {});

/// One exchange on a connection of its own.
Message fetch(std::uint16_t port, std::string_view request);

}  // namespace penstock::test
