#include "control/answer.h"

#include <nlohmann/json.hpp>

#include "http/message_writer.h"

namespace penstock::control {

namespace {

nlohmann::ordered_json text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return text;
}

}  // namespace

const Headers& common_headers() {
  static const Headers common = [] {
    Headers headers;
    headers.set("cache-control", "no-store");
    headers.set("x-content-type-options", "nosniff");
    return headers;
  }();
  return common;
}

std::string error_object(const Error& error) {
  const ErrorDescription description = describe(error.kind);
  const std::string_view default_code = description.code == nullptr ? "" : description.code;
  const nlohmann::ordered_json object{
      {"message", error.public_message},
      {"type", error.type.empty() ? description.type : error.type},
      {"param", text_or_null(error.param)},
      {"code", text_or_null(error.code.empty() ? default_code : error.code)},
      {"origin", "gateway"},
      {"request_id", nullptr}};
  // The message may quote any bytes of the request.
  return nlohmann::ordered_json{{"error", object}}.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string error_answer(const Error& error, std::string_view method) {
  const std::string body = error_object(error);
  Headers headers = common_headers();
  headers.set("content-type", "application/json");
  if (error.kind == ErrorKind::kMethodNotAllowed) headers.set("allow", error.detail);
  if (error.kind == ErrorKind::kUnauthenticated) headers.set("www-authenticate", "Bearer");
  std::string answer;
  http::write_response_head(answer, describe(error.kind).status, headers,
                            {http::Framing::Kind::kLength, body.size()}, http::Connection::kClose);
  if (method != "HEAD") answer += body;
  return answer;
}

}  // namespace penstock::control
