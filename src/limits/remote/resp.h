#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

namespace penstock::limits::remote {

/// One reply of the server (RESP2, https://redis.io/docs/latest/develop/reference/protocol-spec/).
struct Reply {
  enum class Kind { kText, kError, kInteger, kNull, kList };
  Kind kind = Kind::kNull;
  std::int64_t integer = 0;    // kInteger
  std::string text;            // kText, and the words of kError
  std::vector<Reply> items{};  // kList

  bool is_error() const noexcept { return kind == Kind::kError; }
};

/// Takes replies out of the bytes as they arrive, in pieces of any size. Bounded: what no script of
/// ours answers (a text of more than 16 MiB, a list of more than 65,536 items or more than 8 lists
/// deep) is refused before room is made for it. Not thread-safe; no I/O.
///
///   reader.feed(bytes);
///   while (true) {
///     auto reply = reader.next();             // error: close the connection
///     if (!reply || !*reply) break;
///     ...
///   }
class ReplyReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole reply; nullopt: more bytes are needed. Error: these are no replies, and none
  /// will follow.
  Result<std::optional<Reply>> next();
  /// Bytes that were fed and belong to no whole reply yet.
  bool has_rest() const noexcept { return at_ < buffer_.size() || !open_.empty(); }

 private:
  struct OpenList {
    Reply list;
    std::size_t missing;
  };
  enum class Step { kWhole, kOpened, kNeedMore };
  Result<Step> read_one(Reply& reply);
  Result<std::optional<std::string_view>> read_line();
  void drop_read();

  std::string buffer_;
  std::size_t at_ = 0;          // what lies before was read
  std::vector<OpenList> open_;  // outermost first
};

/// Appends a command as the server reads it: a list of its words, which may hold any byte.
void append_command(std::string& bytes, std::span<const std::string_view> words);
/// The same in two steps: the head, then each word.
void append_list_head(std::string& bytes, std::size_t words);
void append_word(std::string& bytes, std::string_view word);

/// What an error reply means for who runs the gateway, and what to do about it: "the server is out
/// of memory; raise its maxmemory". Other errors come in the server's words, which are bounded.
std::string explain(std::string_view error);

}  // namespace penstock::limits::remote
