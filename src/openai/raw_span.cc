#include "openai/raw_span.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace penstock::openai {

namespace {

constexpr std::size_t kMarkBytes = 3;

// The value of a data line; nullopt for any other line.
std::optional<std::string_view> data_of(std::string_view line) noexcept {
  if (!line.starts_with("data")) return std::nullopt;
  line.remove_prefix(4);
  if (line.empty()) return line;
  if (line.front() != ':') return std::nullopt;
  line.remove_prefix(line.starts_with(": ") ? 2 : 1);
  return line;
}

// Where that byte of the joined data stands. A LF that joins two lines is the end of the first one.
std::optional<std::size_t> raw_position(const http::SseEvent& event, std::size_t in_data) noexcept {
  const std::string_view raw = event.raw;
  std::size_t at = event.has_mark ? kMarkBytes : 0;
  while (at < raw.size()) {
    const std::size_t end = std::min(raw.find_first_of("\r\n", at), raw.size());
    if (const auto data = data_of(raw.substr(at, end - at))) {
      if (in_data <= data->size()) return end - data->size() + in_data;
      in_data -= data->size() + 1;
    }
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

json::Span raw_span(const http::SseEvent& event, json::Span in_data) noexcept {
  const char* raw = event.raw.data();
  const char* piece = event.data.data() + in_data.at;
  const bool one_line = !std::less<>()(piece, raw) && std::less<>()(piece, raw + event.raw.size());
  if (one_line) return {static_cast<std::size_t>(piece - raw), in_data.size};

  const auto begin = raw_position(event, in_data.at);
  const auto end = raw_position(event, in_data.at + in_data.size);
  if (!begin || !end) return {};
  return {*begin, *end - *begin};
}

}  // namespace penstock::openai
