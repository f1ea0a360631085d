#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

namespace penstock::json {

/// Depth of nesting that is accepted anywhere.
inline constexpr std::size_t kMaxDepth = 64;
/// Readable bytes that must follow a text given to Document::parse.
inline constexpr std::size_t kPadding = simdjson::SIMDJSON_PADDING;

/// A parsed JSON text (RFC 8259), read-only. Holds a parser from a pool of the calling thread and
/// gives it back when it dies, on the same thread. Strict: refuses a byte order mark, invalid
/// UTF-8, lone surrogates, trailing bytes, nesting deeper than kMaxDepth, numbers that fit neither
/// 64 bits nor a finite double. Duplicate keys are kept here; who reads an object by key refuses
/// them (duplicate_key).
class Document {
 public:
  /// `text` lives as long as the document, and kPadding bytes behind it are readable. Error: 400
  /// with what is wrong and the byte where it can be told.
  static Result<Document> parse(std::string_view text);

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  simdjson::dom::element root() const;
  std::string_view text() const noexcept { return text_; }

 private:
  Document() = default;
  std::string_view text_;
  std::unique_ptr<simdjson::dom::parser> parser_;
};

/// A member of an object that occurs twice among `keys`, if there is one.
std::optional<std::string_view> duplicate_key(simdjson::dom::object object,
                                              std::initializer_list<std::string_view> keys);

/// Where the value of a member of the top-level object stands in a text that Document::parse has
/// accepted: offsets into the text. nullopt: no such member (keys are compared after unescaping).
struct Span {
  std::size_t at = 0;
  std::size_t size = 0;
};
std::optional<Span> find_member(std::string_view object_text, std::string_view key);

/// An edit of a text: `remove` bytes at `at` give way to `insert`. Unknown fields and the spelling
/// of numbers survive, because nothing else is touched.
struct Splice {
  std::size_t at = 0;
  std::size_t remove = 0;
  std::string insert;
};
/// Applies splices that are sorted by position and do not overlap. The result has kPadding bytes of
/// capacity to spare, so it can be parsed as it is.
std::string apply(std::string_view text, const std::vector<Splice>& splices);
/// A splice that sets a member of a (valid, accepted) top-level object to a JSON value. A new
/// member comes first. Splices for several new members of one text may be applied together, in any
/// order, unless the object is empty.
Splice set_member(std::string_view object_text, std::string_view key, std::string_view json_value);
/// A splice that takes a member out of a (valid, accepted) top-level object, together with one
/// comma and the white space towards it, so that the rest stays valid. nullopt: no such member.
std::optional<Splice> remove_member(std::string_view object_text, std::string_view key);

/// Appends `text` as a JSON string, quotes included. Invalid UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace penstock::json
