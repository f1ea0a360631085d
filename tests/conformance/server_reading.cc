#include "conformance/server_reading.h"

#include <optional>
#include <string>
#include <utility>

#include "http/body_decoder.h"
#include "http/request_parser.h"
#include "http/url.h"

namespace penstock::test {

namespace {

class Connection {
 public:
  void receive(std::string_view bytes) {
    buffer_.append(bytes);
    while (!closed_ && (body_ ? read_body() : read_head())) continue;
  }
  ServerReading reading;

 private:
  bool refuse() {
    reading.refused = true;
    closed_ = true;
    return false;
  }

  bool read_head() {
    const auto size = parser_.parse(buffer_);
    if (!size) return refuse();
    if (*size == 0) return false;
    const http::RequestHead& head = parser_.head();
    if (!http::parse_target(head.method, head.target, head.host)) return refuse();
    request_.method = head.method;
    request_.target = head.target;
    head.headers.for_each([this](const Headers::Field& field) {
      request_.fields.emplace_back(field.name, field.value);
    });
    buffer_.erase(0, *size);
    body_.emplace(head.framing, ErrorKind::kMalformedHttp);
    stays_ = head.keep_alive && head.minor_version > 0;
    return true;
  }

  bool read_body() {
    const auto step = body_->step(buffer_);
    if (!step) return refuse();
    request_.body.append(step->data);
    buffer_.erase(0, step->consumed);
    if (!body_->done()) return step->consumed > 0;
    reading.requests.push_back(std::exchange(request_, {}));
    body_.reset();
    parser_ = http::RequestParser({});
    closed_ = !stays_;
    return !buffer_.empty();
  }

  std::string buffer_;
  http::RequestParser parser_{{}};
  std::optional<http::BodyDecoder> body_;
  ReadRequest request_;
  bool stays_ = true;
  bool closed_ = false;
};

}  // namespace

ServerReading read_as_server(const std::vector<std::string_view>& pieces) {
  Connection connection;
  for (const auto piece : pieces) connection.receive(piece);
  return connection.reading;
}

}  // namespace penstock::test
