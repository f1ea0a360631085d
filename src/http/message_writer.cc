#include "http/message_writer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/name_set.h"

namespace penstock::http {

namespace {

void append_number(std::string& out, std::uint64_t number, int base) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

// What is in a head besides the fields that come from elsewhere.
constexpr std::size_t kOwnBytes = 256;

void append_field(std::string& out, std::string_view name, std::string_view value) {
  const std::size_t at = out.size();
  out.resize(at + name.size() + value.size() + 4);
  char* to = std::copy(name.begin(), name.end(), out.data() + at);
  *to++ = ':';
  *to++ = ' ';
  to = std::copy(value.begin(), value.end(), to);
  *to++ = '\r';
  *to = '\n';
}

/// Fields about this connection and its framing, which are always ours.
constexpr auto kConnectionFields =
    make_name_set("connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer",
                  "transfer-encoding", "upgrade");

void append_framing(std::string& out, const Framing& framing) {
  if (framing.kind == Framing::Kind::kLength) {
    out.append("content-length: ");
    append_number(out, framing.length, 10);
    out.append("\r\n");
  }
  if (framing.kind == Framing::Kind::kChunked) out.append("transfer-encoding: chunked\r\n");
}

constexpr bool may_have_framing(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace

void write_request_head(std::string& out, std::string_view method, std::string_view target,
                        std::string_view host, const Headers& headers, const Framing& framing,
                        std::span<const Headers::Field> own) {
  const auto is_own = [own](std::string_view name) {
    return std::any_of(own.begin(), own.end(),
                       [name](const Headers::Field& field) { return field.name == name; });
  };
  out.reserve(out.size() + headers.bytes() + target.size() + host.size() + kOwnBytes);
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  append_field(out, "host", host);
  headers.for_each([&](const Headers::Field& field) {
    if (field.name != "host" && !kConnectionFields.has(field.name) && !is_own(field.name)) {
      append_field(out, field.name, field.value);
    }
  });
  for (const Headers::Field& field : own) append_field(out, field.name, field.value);
  append_framing(out, framing);
  out.append("\r\n");
}

void write_response_head(std::string& out, int status, const Headers& headers,
                         const Framing& framing, Connection connection) {
  out.reserve(out.size() + headers.bytes() + kOwnBytes);
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status), 10);
  out.append(" ").append(reason_phrase(status)).append("\r\n");
  headers.for_each([&](const Headers::Field& field) {
    if (!kConnectionFields.has(field.name)) append_field(out, field.name, field.value);
  });
  if (may_have_framing(status)) append_framing(out, framing);
  const bool ends_by_closing = framing.kind == Framing::Kind::kUntilClose;
  if (ends_by_closing || connection == Connection::kClose) append_field(out, "connection", "close");
  out.append("\r\n");
}

void write_chunk_size(std::string& out, std::size_t size) {
  append_number(out, size, 16);
  out.append("\r\n");
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 102:
      return "Processing";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 205:
      return "Reset Content";
    case 206:
      return "Partial Content";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace penstock::http
