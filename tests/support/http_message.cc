#include "support/http_message.h"

#include <algorithm>
#include <charconv>

#include "penstock/headers.h"

namespace penstock::test {
namespace {

std::string word(const std::string& line, std::size_t index) {
  std::size_t at = 0;
  while (index-- > 0) {
    at = line.find(' ', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  return line.substr(at, line.find(' ', at) - at);
}

std::uint64_t number(std::string_view text, int base) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

void read_field(Message& message, const std::string& line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::size_t value = line.find_first_not_of(" \t", std::min(colon + 1, line.size()));
  message.fields.emplace_back(line.substr(0, colon),
                              value == std::string::npos ? "" : line.substr(value));
}

}  // namespace

std::string Message::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

bool Message::has_field(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(),
                     [name](const auto& entry) { return equals_ignoring_case(entry.first, name); });
}

int Message::status() const {
  return static_cast<int>(number(word(start_line, 1), 10));
}

std::string Message::target() const {
  return word(start_line, 1);
}

bool MessageReader::fill() {
  Socket::Read more = socket_->read();
  last_ = more.state;
  buffer_ += more.bytes;
  return more.state == Socket::State::kBytes;
}

std::optional<std::string> MessageReader::take_bytes(std::size_t size) {
  while (buffer_.size() < size) {
    if (!fill()) return std::nullopt;
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

std::optional<std::string> MessageReader::take_line() {
  std::size_t end;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  auto line = take_bytes(end + 2);
  line->resize(end);
  return line;
}

bool MessageReader::read_head(Message& message) {
  message = {};
  auto line = take_line();
  if (!line) return false;
  message.start_line = *line;
  message.head = *line + "\r\n";
  while ((line = take_line())) {
    message.head += *line + "\r\n";
    if (line->empty()) {
      choose_framing(message);
      return true;
    }
    read_field(message, *line);
  }
  return false;
}

void MessageReader::choose_framing(const Message& message) {
  const int status = kind_ == Kind::kAnswer ? message.status() : 0;
  const bool bodyless = status / 100 == 1 || status == 204 || status == 304;
  remaining_ = number(message.field("content-length"), 10);
  if (bodyless) {
    framing_ = Framing::kNone;
  } else if (message.has_field("transfer-encoding")) {
    framing_ = Framing::kChunked;
  } else if (message.has_field("content-length")) {
    framing_ = Framing::kLength;
  } else {
    framing_ = kind_ == Kind::kRequest ? Framing::kNone : Framing::kUntilClose;
  }
}

std::optional<std::string> MessageReader::take_chunk(Message& message) {
  const auto size_line = take_line();
  if (!size_line) return std::nullopt;
  const std::uint64_t size = number(*size_line, 16);
  if (size > 0) {
    auto chunk = take_bytes(size);
    if (!chunk || !take_line()) return std::nullopt;
    return chunk;
  }
  auto trailer = take_line();
  while (trailer && !trailer->empty()) trailer = take_line();
  message.complete = trailer.has_value();
  if (message.complete) framing_ = Framing::kNone;
  return std::nullopt;
}

std::optional<std::string> MessageReader::take_part(Message& message) {
  if (framing_ == Framing::kLength && remaining_ == 0) {
    message.complete = true;
    return std::nullopt;
  }
  if (buffer_.empty() && !fill()) {
    message.complete = framing_ == Framing::kUntilClose && last_ == Socket::State::kEnd;
    return std::nullopt;
  }
  const std::size_t size =
      framing_ == Framing::kUntilClose
          ? buffer_.size()
          : static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), remaining_));
  remaining_ -= framing_ == Framing::kLength ? size : 0;
  return take_bytes(size);
}

std::optional<std::string> MessageReader::read_piece(Message& message) {
  if (framing_ == Framing::kNone) {
    message.complete = true;
    return std::nullopt;
  }
  auto piece = framing_ == Framing::kChunked ? take_chunk(message) : take_part(message);
  if (piece) message.body += *piece;
  return piece;
}

void MessageReader::read_body(Message& message) {
  while (read_piece(message)) {
  }
}

Message MessageReader::read() {
  Message message;
  if (read_head(message)) read_body(message);
  return message;
}

Socket::State MessageReader::wait_for_end(std::chrono::milliseconds patience) {
  Socket::Read more;
  do {
    more = socket_->read(patience);
  } while (more.state == Socket::State::kBytes);
  return more.state;
}

}  // namespace penstock::test
