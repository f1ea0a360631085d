#pragma once

#include <memory>
#include <string_view>

#include "penstock/result.h"

namespace re2 {
class RE2;
}

namespace penstock::schema {

/// A regular expression of the keyword `pattern`, which may match anywhere in the text. Runs in
/// time linear in the text and without recursion (RE2), so no text can make it slow. Of ECMA-262
/// syntax, look-around, back references and \u escapes are missing, and \s means ASCII white space.
/// Immutable, thread-safe.
class Pattern {
 public:
  /// Error: not an expression that RE2 knows, or one that needs more than 1 MiB.
  static Result<Pattern> compile(std::string_view expression);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool matches(std::string_view text) const;
  std::string_view expression() const;

 private:
  explicit Pattern(std::unique_ptr<re2::RE2> machine);
  std::unique_ptr<re2::RE2> machine_;
};

}  // namespace penstock::schema
