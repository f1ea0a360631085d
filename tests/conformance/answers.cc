#include "conformance/answers.h"

#include <charconv>
#include <optional>

namespace penstock::test {

namespace {

constexpr std::string_view kStart = "HTTP/1.1 ";

/// The head of an answer: its status, the length that it gives, and its own size.
struct Head {
  int status = 0;
  std::size_t length = 0;
  std::size_t size = 0;
};

template <class Number>
bool read_number(std::string_view text, Number& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

std::optional<Head> read_head(std::string_view bytes) {
  constexpr std::string_view kLength = "\r\ncontent-length: ";
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || !bytes.starts_with(kStart)) return std::nullopt;
  Head head;
  head.size = end + 4;
  if (!read_number(bytes.substr(kStart.size()), head.status)) return std::nullopt;
  const std::size_t length = bytes.substr(0, end).find(kLength);
  const bool bodyless = head.status < 200 || head.status == 204;
  if (length == std::string_view::npos) return bodyless ? std::optional(head) : std::nullopt;
  if (!read_number(bytes.substr(length + kLength.size()), head.length)) return std::nullopt;
  return head;
}

}  // namespace

Answers read_answers(std::string_view bytes) {
  Answers answers;
  while (!bytes.empty()) {
    const auto head = read_head(bytes);
    if (!head) {
      answers.clean = false;
      return answers;
    }
    bytes.remove_prefix(head->size);
    const bool answers_head = bytes.empty() || bytes.starts_with(kStart);
    const std::size_t length = answers_head ? 0 : head->length;
    answers.clean = answers.clean && length <= bytes.size();
    if (head->status >= 200) {
      answers.list.push_back({head->status, std::string(bytes.substr(0, length))});
    }
    bytes.remove_prefix(std::min(length, bytes.size()));
  }
  return answers;
}

std::size_t whole_answers(std::string_view bytes) {
  std::size_t count = 0;
  while (const auto head = read_head(bytes)) {
    if (bytes.size() < head->size + head->length) break;
    bytes.remove_prefix(head->size + head->length);
    if (head->status >= 200) ++count;
  }
  return count;
}

}  // namespace penstock::test
