#include "fuzz/head.h"

#include <algorithm>
#include <array>

namespace penstock::fuzz {

namespace {

bool is_about_the_connection(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {
      "connection", "content-length", "host",    "keep-alive",       "proxy-connection",
      "te",         "trailer",        "upgrade", "transfer-encoding"};
  for (const auto known : kNames) {
    if (name == known) return true;
  }
  return false;
}

void append(std::string& text, const Headers::Field& field) {
  text.append(field.name).append("=").append(field.value).append("|");
}

/// A field name as the careless reader understands it.
std::string careless_name(std::string_view line, Underscore underscore) {
  std::string name;
  for (const char c : line.substr(0, line.find(':'))) {
    if (c >= 'A' && c <= 'Z') {
      name.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (c == '_' && underscore == Underscore::kIsHyphen) {
      name.push_back('-');
    } else if (is_token(std::string_view(&c, 1))) {
      name.push_back(c);
    }
  }
  return name;
}

}  // namespace

std::string to_text(const http::Framing& framing) {
  switch (framing.kind) {
    case http::Framing::Kind::kNone:
      return "no body";
    case http::Framing::Kind::kLength:
      return "length " + std::to_string(framing.length);
    case http::Framing::Kind::kChunked:
      return "chunked";
    case http::Framing::Kind::kUntilClose:
      return "until close";
  }
  return "?";
}

std::string end_to_end_fields(const Headers& headers) {
  std::string text;
  headers.for_each([&](const Headers::Field& field) {
    if (!is_about_the_connection(field.name)) append(text, field);
  });
  return text;
}

std::string to_text(const Headers& headers) {
  std::string text;
  headers.for_each([&](const Headers::Field& field) { append(text, field); });
  return text;
}

std::string to_text(const Error& error) {
  return std::to_string(describe(error.kind).status) + " " + error.public_message + " " +
         error.detail;
}

FramingFields framing_fields(std::string_view head, Underscore underscore) {
  FramingFields found;
  while (!head.empty()) {
    const auto line = head.substr(0, head.find_first_of("\r\n"));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    if (line.find(':') == std::string_view::npos) continue;
    const std::string name = careless_name(line, underscore);
    if (name == "content-length") ++found.content_length;
    if (name == "transfer-encoding") ++found.transfer_encoding;
  }
  return found;
}

}  // namespace penstock::fuzz
