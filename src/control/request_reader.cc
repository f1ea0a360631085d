#include "control/request_reader.h"

#include <utility>

#include "base/text.h"
#include "http/body_decoder.h"
#include "http/url.h"

namespace penstock::control {

namespace {

constexpr std::size_t kMaxBody = 1 << 20;
constexpr http::HeadLimits kHeadLimits{
    .max_bytes = 16 * 1024, .max_line_bytes = 8 * 1024, .max_fields = 64};

Error too_large() {
  Error error = invalid_request(concat({"the body is larger than ", std::to_string(kMaxBody),
                                        " bytes, the most that the control plane takes"}));
  error.kind = ErrorKind::kRequestTooLarge;
  return error;
}

/// The encoding of a form would be taken for the text, and the text blamed for it.
Result<void> check_type(const http::RequestHead& head) {
  const std::string_view type = media_type(head.headers.get("content-type").value_or(""));
  if (!equals_ignoring_case(type, "application/x-www-form-urlencoded") &&
      !equals_ignoring_case(type, "multipart/form-data")) {
    return {};
  }
  Error error = invalid_request(
      "the body is taken as it is and cannot be a form; send "
      "`content-type: application/yaml`");
  error.kind = ErrorKind::kUnsupportedMediaType;
  return error;
}

}  // namespace

Result<Request> RequestReader::read() {
  const http::RequestHead head = TRY(read_head());
  method_ = head.method;
  const http::Target target = TRY(http::parse_target(head.method, head.target, head.host));
  TRY_VOID(admit(head, target.path));
  // Not among the braces: g++ would forget the members made so far when TRY returns from there.
  std::string body = TRY(read_body(head));
  return Request{head.method, target.path, std::move(body)};
}

Result<http::RequestHead> RequestReader::read_head() {
  http::RequestParser parser(kHeadLimits);
  while (true) {
    TRY_VOID(connection_.read_more(input_));
    const std::size_t size = TRY(parser.parse(input_));
    if (size == 0) continue;
    input_.erase(0, size);
    return std::move(parser.head());
  }
}

/// Health is for everybody. All else, what there is included, is told only to those who may ask.
Result<void> RequestReader::admit(const http::RequestHead& head, std::string_view path) const {
  const auto endpoint = find_endpoint(path);
  if (!endpoint || (*endpoint)->audience == Audience::kOperators) TRY_VOID(access_.admit(head));
  if (!endpoint) return endpoint.error();
  TRY_VOID(check_method(**endpoint, head.method));
  if ((*endpoint)->body == Body::kText) return check_type(head);
  return {};
}

Result<std::string> RequestReader::read_body(const http::RequestHead& head) {
  if (head.framing.length > kMaxBody) return too_large();
  // That the client is gone would be noticed by the next read.
  if (head.expects_continue) (void)connection_.write("HTTP/1.1 100 Continue\r\n\r\n");
  http::BodyDecoder decoder(head.framing, ErrorKind::kMalformedHttp);
  std::string body;
  while (true) {
    std::string_view input = input_;
    while (!decoder.done()) {
      const http::BodyDecoder::Step step = TRY(decoder.step(input));
      if (step.consumed == 0) break;
      if (body.size() + step.data.size() > kMaxBody) return too_large();
      body.append(step.data);
      input.remove_prefix(step.consumed);
    }
    input_.erase(0, input_.size() - input.size());
    if (decoder.done()) return body;
    TRY_VOID(connection_.read_more(input_));
  }
}

}  // namespace penstock::control
