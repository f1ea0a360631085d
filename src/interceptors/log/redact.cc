#include "interceptors/log/redact.h"

#include <algorithm>

namespace penstock::exchange_log {

namespace {

/// Where the string that begins at `at` ends, its closing quote included.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

bool is_key(std::string_view behind) {
  const std::size_t next = behind.find_first_not_of(" \t\r\n");
  return next != std::string_view::npos && behind[next] == ':';
}

bool keeps_value(std::string_view quoted_key) {
  constexpr std::string_view kKeys[] = {"\"model\"",  "\"role\"",          "\"type\"",
                                        "\"object\"", "\"finish_reason\"", "\"id\""};
  return std::find(std::begin(kKeys), std::end(kKeys), quoted_key) != std::end(kKeys);
}

/// The second half of a surrogate pair: with the first one it is a single character.
bool is_low_surrogate(std::string_view escape) {
  return escape.size() >= 3 && (escape[1] == 'd' || escape[1] == 'D') &&
         std::string_view("cdefCDEF").find(escape[2]) != std::string_view::npos;
}

std::size_t count_characters(std::string_view inside) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] == '\\') {
      ++at;
      if (inside[at] == 'u') {
        if (is_low_surrogate(inside.substr(at))) --count;
        at += 4;
      }
    } else if ((static_cast<unsigned char>(inside[at]) & 0xc0) == 0x80) {
      continue;
    }
    ++count;
  }
  return count;
}

}  // namespace

std::string redact(std::string_view json, std::size_t max_bytes) {
  std::string out;
  bool keep = false;  // the value that comes next is one of the API's words
  for (std::size_t at = 0; at < json.size() && out.size() <= max_bytes;) {
    if (json[at] != '"') {
      const char c = json[at++];
      out += c;
      if (c == '{' || c == '[' || c == ',') keep = false;
      continue;
    }
    const std::size_t end = end_of_string(json, at);
    const std::string_view text = json.substr(at, end - at);
    at = end;
    if (is_key(json.substr(end))) {
      keep = keeps_value(text);
      out += text;
    } else if (keep) {
      out += text;
    } else {
      out +=
          "\"[" + std::to_string(count_characters(text.substr(1, text.size() - 2))) + " chars]\"";
    }
  }
  return out;
}

}  // namespace penstock::exchange_log
