#include "limits/remote/resp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"

namespace penstock::limits::remote {

namespace {

constexpr std::int64_t kMaxTextBytes = 16 << 20;
constexpr std::int64_t kMaxItems = 65'536;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxLineBytes = 4096;
constexpr std::string_view kLineEnd = "\r\n";

Error no_reply(std::string_view what) {
  return internal_error(concat({"the store of limits sent what is no reply: ", what}));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

/// A line without its end; nullopt: it has not arrived as a whole.
Result<std::optional<std::string_view>> ReplyReader::read_line() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const std::size_t end = rest.find(kLineEnd);
  if (std::min(end, rest.size()) > kMaxLineBytes) return no_reply("a line without an end");
  if (end == std::string_view::npos) return std::optional<std::string_view>();
  return std::optional(rest.substr(0, end));
}

/// Reads a reply, or the head of a list. Moves on only when it was there as a whole.
Result<ReplyReader::Step> ReplyReader::read_one(Reply& reply) {
  const auto line = TRY(read_line());
  if (!line) return Step::kNeedMore;
  if (line->empty()) return no_reply("an empty line");
  const std::string_view words = line->substr(1);
  std::size_t size = line->size() + kLineEnd.size();
  const char type = line->front();
  if (type == '+' || type == '-') {
    reply.kind = type == '+' ? Reply::Kind::kText : Reply::Kind::kError;
    reply.text = words;
    at_ += size;
    return Step::kWhole;
  }

  const auto number = parse_integer(words);
  if (!number) return no_reply("a number that is none, or an unknown type");
  if (type == ':') {
    reply.kind = Reply::Kind::kInteger;
    reply.integer = *number;
  } else if ((type == '$' || type == '*') && *number == -1) {
    reply.kind = Reply::Kind::kNull;
  } else if (type == '$') {
    if (*number < 0 || *number > kMaxTextBytes) return no_reply("a text of a wrong size");
    const auto bytes = static_cast<std::size_t>(*number);
    const std::string_view rest = std::string_view(buffer_).substr(at_ + size);
    if (rest.size() < bytes + kLineEnd.size()) return Step::kNeedMore;
    if (rest.substr(bytes, kLineEnd.size()) != kLineEnd) return no_reply("a text without an end");
    reply.kind = Reply::Kind::kText;
    reply.text = rest.substr(0, bytes);
    size += bytes + kLineEnd.size();
  } else if (type == '*') {
    if (*number < 0 || *number > kMaxItems) return no_reply("a list of a wrong size");
    reply.kind = Reply::Kind::kList;
    reply.integer = *number;
    at_ += size;
    return *number == 0 ? Step::kWhole : Step::kOpened;
  } else {
    return no_reply("an unknown type");
  }
  at_ += size;
  return Step::kWhole;
}

Result<std::optional<Reply>> ReplyReader::next() {
  while (true) {
    Reply reply;
    const Step step = TRY(read_one(reply));
    if (step == Step::kNeedMore) {
      drop_read();
      return std::optional<Reply>();
    }
    if (step == Step::kOpened) {
      if (open_.size() == kMaxDepth) return no_reply("lists too deep");
      const auto missing = static_cast<std::size_t>(reply.integer);
      open_.push_back({std::move(reply), missing});
      continue;
    }
    while (!open_.empty()) {
      OpenList& list = open_.back();
      list.list.items.push_back(std::move(reply));
      if (--list.missing > 0) break;
      reply = std::move(list.list);
      open_.pop_back();
      if (open_.empty()) return std::optional(std::move(reply));
    }
    if (open_.empty()) return std::optional(std::move(reply));
  }
}

void ReplyReader::drop_read() {
  buffer_.erase(0, at_);
  at_ = 0;
}

void append_list_head(std::string& bytes, std::size_t words) {
  bytes += '*';
  bytes += std::to_string(words);
  bytes += kLineEnd;
}

void append_word(std::string& bytes, std::string_view word) {
  bytes += '$';
  bytes += std::to_string(word.size());
  bytes += kLineEnd;
  bytes += word;
  bytes += kLineEnd;
}

void append_command(std::string& bytes, std::span<const std::string_view> words) {
  append_list_head(bytes, words.size());
  for (const std::string_view word : words) append_word(bytes, word);
}

std::string explain(std::string_view error) {
  constexpr std::size_t kMaxWords = 256;
  struct Known {
    std::string_view code;
    std::string_view meaning;
  };
  static constexpr std::array<Known, 11> kKnown{{
      {"LOADING", "the server still loads its data; it will be ready by itself"},
      {"OOM", "the server is out of memory; raise its maxmemory"},
      {"READONLY", "the server is a replica; let `store` name the primary"},
      {"MASTERDOWN", "the server is a replica without its primary; let `store` name the primary"},
      {"MOVED", "the server is one of a cluster, and another of its nodes has the keys"},
      {"CLUSTERDOWN", "the server's cluster is down"},
      {"NOAUTH", "the server wants a password; set `password` of `store`"},
      {"WRONGPASS", "the server refuses the password; correct user and password of `store`"},
      {"NOPERM",
       "the server's user may not run scripts, or not touch keys that begin with the prefix"},
      {"MISCONF", "the server cannot write its data to disk and refuses writes; see its log"},
      {"BUSY", "the server is busy with somebody's script"},
  }};
  error = error.substr(0, kMaxWords);
  const std::string_view code = error.substr(0, error.find(' '));
  for (const Known& known : kKnown) {
    if (known.code == code) return concat({known.meaning, " (", error, ")"});
  }
  return concat({"the server answered with an error: ", error});
}

}  // namespace penstock::limits::remote
