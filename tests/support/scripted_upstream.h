#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "penstock/clock.h"

#include "support/http_message.h"
#include "support/socket.h"
#include "support/test_certificate.h"

namespace penstock::test {

class ScriptedUpstream;

/// One connection of a scripted upstream, as its script sees it. Used by the connection's thread.
/// Every step gives false when the client was gone or the test ended before it was done.
class UpstreamConnection {
 public:
  UpstreamConnection(ScriptedUpstream& upstream, Socket socket);

  /// Reads a whole request, head and body, and records it.
  bool read_request();
  /// The request read last.
  const Message& request() const noexcept { return request_; }

  bool send(std::string_view bytes) { return socket_.send(bytes); }
  bool send_byte_by_byte(std::string_view bytes);
  /// Waits for the client to end the connection; the upstream notes the time. False: it did not.
  bool wait_for_client_close(std::chrono::milliseconds patience = kPatience);
  /// Falls silent until ScriptedUpstream::release.
  bool stall();

  void half_close() { socket_.half_close(); }
  void close();
  void reset();

 private:
  friend class ScriptedUpstream;
  void shut_down();

  ScriptedUpstream& upstream_;
  std::mutex closing_;  // between the script's close and the test's shut_down
  Socket socket_;
  MessageReader reader_{socket_, MessageReader::Kind::kRequest};
  Message request_;
};

/// A provider made for a test: a server on a free port of 127.0.0.1 that does what scripts say, one
/// script for each request. Without a script it answers 500. Runs on threads of its own, one for
/// each connection; all its functions are thread-safe.
///
///   ScriptedUpstream upstream;
///   upstream.on_request([](auto& c) { c.send(json_reply(200, "{}")); });
class ScriptedUpstream {
 public:
  using Script = std::function<void(UpstreamConnection&)>;
  enum class Transport { kClear, kTls };

  explicit ScriptedUpstream(Transport transport = Transport::kClear);
  /// Wakes all scripts and waits for them.
  ~ScriptedUpstream();

  std::uint16_t port() const noexcept { return listener_.port(); }
  /// "http://127.0.0.1:PORT/v1"; https for TLS.
  std::string base_url() const;
  /// What a client of the TLS transport has to trust.
  const std::string& ca_file() const { return certificate_->file(); }
  /// The certificate of the TLS transport; to be changed before the first connection.
  TestCertificate& certificate() { return *certificate_; }

  /// The next request that has no script yet gets this one. The request is read already.
  void on_request(Script script);
  /// What requests get for which on_request said nothing.
  void on_every_request(Script script);
  /// The next connection gets this script from its first byte on, nothing is read before.
  void on_connection(Script script);
  /// Lets stalled scripts go on, the present ones and the later ones.
  void release();

  std::vector<Message> requests() const;
  /// Waits until that many requests were read; false when they did not come.
  bool wait_for_requests(std::size_t count) const;
  /// Connections accepted so far.
  std::size_t connections() const;
  /// When clients ended connections: noted while a script or the next request waits.
  std::vector<MonotonicTime> client_closes() const;
  bool wait_for_client_closes(std::size_t count) const;

 private:
  friend class UpstreamConnection;
  void accept_all();
  void serve(UpstreamConnection& connection);
  std::optional<Script> take_connection_script();
  Script take_request_script();
  void note_request(const Message& request);
  bool note_client_close();
  bool wait_for_release();

  std::unique_ptr<TestCertificate> certificate_;
  Listener listener_;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::condition_variable changed_;
  std::deque<Script> connection_scripts_;
  std::deque<Script> request_scripts_;
  Script default_script_;
  std::vector<Message> requests_;
  std::vector<MonotonicTime> client_closes_;
  std::vector<std::unique_ptr<UpstreamConnection>> connections_;
  std::vector<std::thread> threads_;
  bool released_ = false;
  bool stopping_ = false;
  std::thread acceptor_;
};

/// A whole answer with a length. `fields`: further lines, each ended by CRLF.
std::string json_reply(int status, std::string_view body, std::string_view fields = {});
/// The head of an event stream in chunked coding; then chunk() for the frames and kLastChunk.
std::string sse_head(std::string_view fields = {});
std::string chunk(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
/// "data: ...\n\n"
std::string sse_frame(std::string_view data);
/// A whole event stream: head, one chunk for each of `data`, end.
std::string sse_reply(const std::vector<std::string>& data);

}  // namespace penstock::test
