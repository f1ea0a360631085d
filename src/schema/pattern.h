#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace re2 {
class RE2;
}

namespace penstock::schema {

/// A regular expression of the keyword `pattern` (ECMA-262, see translate_regex), which may match
/// anywhere in the text. Runs in time linear in the text and without recursion (RE2), so no text
/// can make it slow. Cheap to copy. Immutable, thread-safe.
class Pattern {
 public:
  /// Error: no regular expression, one with look-around or a back reference, or one that needs more
  /// than 1 MiB; names the construct.
  static Result<Pattern> compile(std::string_view expression);

  bool matches(std::string_view text) const;
  /// As it was given.
  std::string_view expression() const noexcept { return parts_->expression; }
  /// The most that matching may take: a unit is a byte looked at in one state of the expression,
  /// some nanoseconds. It takes much less unless somebody has seen to it.
  std::uint64_t work(std::string_view text) const noexcept { return parts_->states * text.size(); }
  /// The most that it may take while it is used, in bytes.
  std::size_t memory() const noexcept { return parts_->memory; }

 private:
  struct Parts {
    std::string expression;
    std::unique_ptr<re2::RE2> machine;
    std::uint64_t states = 0;
    std::size_t memory = 0;
    ~Parts();
  };

  explicit Pattern(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const Parts> parts_;
};

/// The patterns of a schema: one machine for each expression, however often it occurs, and a bound
/// on the memory of all.
class Patterns {
 public:
  /// Error: as Pattern::compile, and when all together need too much memory.
  Result<Pattern> get(std::string_view expression);

 private:
  std::map<std::string, Pattern, std::less<>> known_;
  std::size_t memory_ = 0;
};

}  // namespace penstock::schema
