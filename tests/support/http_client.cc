#include "support/http_client.h"

namespace penstock::test {

RawClient::RawClient(std::uint16_t port)
    : socket_(Socket::connect(port)), reader_(socket_, MessageReader::Kind::kAnswer) {}

bool RawClient::send_byte_by_byte(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!socket_.send(bytes.substr(i, 1))) return false;
  }
  return true;
}

bool RawClient::read_until(Message& answer, std::string_view text) {
  while (answer.body.find(text) == std::string::npos) {
    if (!reader_.read_piece(answer)) return false;
  }
  return true;
}

std::string post(std::string_view path, std::string_view body, std::string_view fields) {
  std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  request += "Content-Type: application/json\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request.append(fields).append("\r\n").append(body);
  return request;
}

std::string get(std::string_view path, std::string_view fields) {
  std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  request.append(fields).append("\r\n");
  return request;
}

Message fetch(std::uint16_t port, std::string_view request) {
  RawClient client(port);
  if (!client.send(request)) return {};
  return client.read_answer();
}

}  // namespace penstock::test
