#include "log/json_line.h"

#include <algorithm>
#include <charconv>

#include "json/document.h"

namespace penstock {

namespace {

// Of an exchange's record; room for it is made once.
constexpr std::size_t kUsualBytes = 768;

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace

void JsonLine::key(std::string_view name) {
  if (members_.empty()) members_.reserve(kUsualBytes);
  members_.append(members_.empty() ? "\"" : ",\"").append(name).append("\":");
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
  key(name);
  json::append_quoted(members_, value);
  return *this;
}

JsonLine& JsonLine::number(std::string_view name, std::uint64_t value) {
  key(name);
  append_number(members_, value);
  return *this;
}

JsonLine& JsonLine::boolean(std::string_view name, bool value) {
  key(name);
  members_ += value ? "true" : "false";
  return *this;
}

JsonLine& JsonLine::milliseconds(std::string_view name, std::chrono::nanoseconds value) {
  key(name);
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
  append_number(members_, micros / 1000);
  const auto rest = static_cast<unsigned>(micros % 1000);
  members_ += '.';
  for (const unsigned digit : {rest / 100, rest / 10 % 10, rest % 10}) {
    members_ += static_cast<char>('0' + digit);
  }
  return *this;
}

JsonLine& JsonLine::append(std::string_view members) {
  if (!members_.empty() && !members.empty()) members_ += ',';
  members_ += members;
  return *this;
}

std::string_view cut_text(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  // A character has at most three continuation bytes; more of them is not UTF-8 anyway.
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && continues(text[end]); ++back) --end;
  return text.substr(0, continues(text[end]) ? max_bytes : end);
}

}  // namespace penstock
