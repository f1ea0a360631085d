#include "bench/message.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <strings.h>

namespace penstock::bench {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::size_t kMaxSizeDigits = 8;  // of a chunk

/// The value if `line` is the field `name`.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  if (strncasecmp(line.data(), name.data(), name.size()) != 0) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

bool is(std::string_view value, std::string_view word) {
  return value.size() == word.size() && strncasecmp(value.data(), word.data(), word.size()) == 0;
}

bool read_field(std::string_view line, Head& head) {
  if (const auto length = value_of(line, "content-length")) {
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(length->data(), length->data() + length->size(), number);
    if (error != std::errc() || end != length->data() + length->size()) return false;
    head.length = number;
  } else if (const auto coding = value_of(line, "transfer-encoding")) {
    head.chunked = is(*coding, "chunked");
    return head.chunked;
  } else if (const auto connection = value_of(line, "connection")) {
    head.close = is(*connection, "close");
  }
  return true;
}

HeadState read_fields(std::string_view bytes, Head& head) {
  std::size_t at = bytes.find("\r\n") + 2;
  while (at + 2 < head.size) {
    const std::size_t end = bytes.find("\r\n", at);
    // Every field that counts begins with one of two letters.
    const char first = static_cast<char>(bytes[at] | 0x20);
    if ((first == 'c' || first == 't') && !read_field(bytes.substr(at, end - at), head)) {
      return HeadState::kBad;
    }
    at = end + 2;
  }
  return HeadState::kWhole;
}

bool find_end(std::string_view bytes, Head& head) {
  const void* end = memmem(bytes.data(), bytes.size(), kEnd.data(), kEnd.size());
  if (end == nullptr) return false;
  head = {};
  head.size = static_cast<std::size_t>(static_cast<const char*>(end) - bytes.data()) + kEnd.size();
  return true;
}

}  // namespace

HeadState read_request_head(std::string_view bytes, Head& head) {
  return find_end(bytes, head) ? read_fields(bytes, head) : HeadState::kPartial;
}

HeadState read_answer_head(std::string_view bytes, Head& head) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!find_end(bytes, head)) return HeadState::kPartial;
  if (!bytes.starts_with(kVersion)) return HeadState::kBad;
  const char* status = bytes.data() + kVersion.size();
  const auto [end, error] = std::from_chars(status, status + 3, head.status);
  if (error != std::errc() || end != status + 3 || head.status < 200) return HeadState::kBad;
  return read_fields(bytes, head);
}

void BodyReader::start(const Head& head) {
  line_bytes_ = 0;
  left_ = head.chunked ? 0 : head.length.value_or(0);
  if (head.chunked) {
    state_ = State::kSize;
  } else if (!head.length) {
    state_ = State::kFailed;
  } else {
    state_ = left_ == 0 ? State::kDone : State::kLength;
  }
}

std::string_view BodyReader::take(std::string_view& in) {
  while (!in.empty()) {
    if (state_ == State::kLength) return take_content(in, State::kDone);
    if (state_ == State::kData) return take_content(in, State::kDataEnd);
    if (state_ == State::kDone || state_ == State::kFailed) return {};
    take_byte(in.front());
    in.remove_prefix(1);
  }
  return {};
}

std::string_view BodyReader::take_content(std::string_view& in, State after) {
  const std::string_view piece = in.substr(0, left_);
  in.remove_prefix(piece.size());
  left_ -= piece.size();
  if (left_ == 0) state_ = after;
  return piece;
}

// Chunk extensions and trailers are not expected of anybody here.
void BodyReader::take_byte(char byte) {
  ++line_bytes_;
  if (state_ == State::kSize && (byte != '\r' || line_bytes_ == 1)) {
    take_size_digit(byte);
  } else if (state_ == State::kSize) {
    state_ = State::kSizeEnd;
  } else if (byte != (state_ == State::kSizeEnd || line_bytes_ == 2 ? '\n' : '\r')) {
    state_ = State::kFailed;
  } else if (byte == '\n') {
    state_ = after_line();
    line_bytes_ = 0;
  }
}

BodyReader::State BodyReader::after_line() const {
  if (state_ == State::kSizeEnd) return left_ == 0 ? State::kTrailer : State::kData;
  return state_ == State::kTrailer ? State::kDone : State::kSize;
}

void BodyReader::take_size_digit(char byte) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(&byte, &byte + 1, value, 16);
  if (error != std::errc() || line_bytes_ > kMaxSizeDigits) {
    state_ = State::kFailed;
    return;
  }
  left_ = left_ * 16 + value;
}

}  // namespace penstock::bench
