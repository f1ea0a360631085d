#include "server/render_error.h"

#include <chrono>

#include "json/document.h"

namespace penstock::server {

namespace {

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "null";
  } else {
    json::append_quoted(out, text);
  }
}

}  // namespace

std::string error_object(const Error& error, std::string_view request_id) {
  const ErrorDescription description = describe(error.kind);
  const std::string_view default_code = description.code == nullptr ? "" : description.code;
  std::string out = R"({"error":{"message":)";
  json::append_quoted(out, error.public_message);
  out += R"(,"type":)";
  json::append_quoted(out, error.type.empty() ? description.type : error.type);
  out += R"(,"param":)";
  append_text_or_null(out, error.param);
  out += R"(,"code":)";
  append_text_or_null(out, error.code.empty() ? default_code : error.code);
  out += R"(,"origin":"gateway","request_id":)";
  json::append_quoted(out, request_id);
  return out + "}}";
}

void set_error_headers(const Error& error, Headers& headers) {
  using std::chrono::milliseconds;
  headers.set("content-type", "application/json");
  if (error.kind == ErrorKind::kMethodNotAllowed) headers.set("allow", error.detail);
  if (!error.retry_helps) headers.set("x-should-retry", "false");
  if (error.retry_after && error.retry_helps) {
    const milliseconds wait = std::max(*error.retry_after, milliseconds(1));
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    headers.set("retry-after", std::to_string(seconds.count()));
    headers.set("retry-after-ms", std::to_string(wait.count()));
  }
}

}  // namespace penstock::server
