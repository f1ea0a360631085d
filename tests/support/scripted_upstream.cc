#include "support/scripted_upstream.h"

#include <csignal>

namespace penstock::test {

UpstreamConnection::UpstreamConnection(ScriptedUpstream& upstream, Socket socket)
    : upstream_(upstream), socket_(std::move(socket)) {}

bool UpstreamConnection::read_request() {
  request_ = reader_.read();
  if (request_.complete) {
    upstream_.note_request(request_);
  } else {
    upstream_.note_client_close();
  }
  return request_.complete;
}

bool UpstreamConnection::send_byte_by_byte(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!socket_.send(bytes.substr(i, 1))) return false;
  }
  return true;
}

bool UpstreamConnection::wait_for_client_close(std::chrono::milliseconds patience) {
  if (reader_.wait_for_end(patience) == Socket::State::kTimeout) return false;
  close();
  return upstream_.note_client_close();
}

bool UpstreamConnection::stall() {
  return upstream_.wait_for_release();
}

void UpstreamConnection::close() {
  const std::lock_guard lock(closing_);
  socket_.close();
}

void UpstreamConnection::reset() {
  const std::lock_guard lock(closing_);
  if (socket_.is_open()) socket_.reset();
}

void UpstreamConnection::shut_down() {
  const std::lock_guard lock(closing_);
  if (socket_.is_open()) socket_.shut_down();
}

ScriptedUpstream::ScriptedUpstream(Transport transport) {
  // TLS writes through OpenSSL, which cannot be told to spare us the signal of a broken pipe.
  std::signal(SIGPIPE, SIG_IGN);
  if (transport == Transport::kTls) certificate_ = std::make_unique<TestCertificate>();
  default_script_ = [](UpstreamConnection& connection) {
    connection.send(json_reply(500, R"({"error":{"message":"no script for this request"}})"));
  };
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedUpstream::~ScriptedUpstream() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  listener_.shut_down();
  acceptor_.join();
  for (const auto& connection : connections_) connection->shut_down();
  for (std::thread& thread : threads_) thread.join();
}

std::string ScriptedUpstream::base_url() const {
  return (certificate_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port()) +
         "/v1";
}

void ScriptedUpstream::on_request(Script script) {
  const std::lock_guard lock(mutex_);
  request_scripts_.push_back(std::move(script));
}

void ScriptedUpstream::on_every_request(Script script) {
  const std::lock_guard lock(mutex_);
  default_script_ = std::move(script);
}

void ScriptedUpstream::on_connection(Script script) {
  const std::lock_guard lock(mutex_);
  connection_scripts_.push_back(std::move(script));
}

void ScriptedUpstream::release() {
  {
    const std::lock_guard lock(mutex_);
    released_ = true;
  }
  changed_.notify_all();
}

std::vector<Message> ScriptedUpstream::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool ScriptedUpstream::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
}

std::size_t ScriptedUpstream::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

std::vector<MonotonicTime> ScriptedUpstream::client_closes() const {
  const std::lock_guard lock(mutex_);
  return client_closes_;
}

bool ScriptedUpstream::wait_for_client_closes(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return client_closes_.size() >= count; });
}

void ScriptedUpstream::accept_all() {
  while (true) {
    Socket socket = listener_.accept();
    const std::lock_guard lock(mutex_);
    if (stopping_ || !socket.is_open()) return;
    connections_.push_back(std::make_unique<UpstreamConnection>(*this, std::move(socket)));
    threads_.emplace_back([this, &connection = *connections_.back()] { serve(connection); });
  }
}

void ScriptedUpstream::serve(UpstreamConnection& connection) {
  if (!certificate_ || connection.socket_.accept_tls(certificate_->context())) {
    if (const auto script = take_connection_script()) {
      (*script)(connection);
    } else {
      while (connection.read_request()) {
        take_request_script()(connection);
        if (!connection.socket_.is_open()) break;
      }
    }
  }
  connection.close();
}

std::optional<ScriptedUpstream::Script> ScriptedUpstream::take_connection_script() {
  const std::lock_guard lock(mutex_);
  if (connection_scripts_.empty()) return std::nullopt;
  Script script = std::move(connection_scripts_.front());
  connection_scripts_.pop_front();
  return script;
}

ScriptedUpstream::Script ScriptedUpstream::take_request_script() {
  const std::lock_guard lock(mutex_);
  if (request_scripts_.empty()) return default_script_;
  Script script = std::move(request_scripts_.front());
  request_scripts_.pop_front();
  return script;
}

void ScriptedUpstream::note_request(const Message& request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  changed_.notify_all();
}

bool ScriptedUpstream::note_client_close() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    client_closes_.push_back(system_clock().now());
  }
  changed_.notify_all();
  return true;
}

bool ScriptedUpstream::wait_for_release() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return released_ || stopping_; });
  return !stopping_;
}

std::string json_reply(int status, std::string_view body, std::string_view fields) {
  std::string reply = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  reply += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
  reply.append("\r\n").append(fields).append("\r\n").append(body);
  return reply;
}

std::string sse_head(std::string_view fields) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
         "Transfer-Encoding: chunked\r\n" +
         std::string(fields) + "\r\n";
}

std::string chunk(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string size;
  for (std::size_t rest = bytes.size(); rest > 0; rest /= 16) size.insert(0, 1, kDigits[rest % 16]);
  return size + "\r\n" + std::string(bytes) + "\r\n";
}

std::string sse_frame(std::string_view data) {
  return "data: " + std::string(data) + "\n\n";
}

std::string sse_reply(const std::vector<std::string>& data) {
  std::string reply = sse_head();
  for (const std::string& line : data) reply += chunk(sse_frame(line));
  return reply.append(kLastChunk);
}

}  // namespace penstock::test
