#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/result.h"

#include "schema/ecma_regex.h"

namespace penstock::schema {

/// One translation, see translate_regex. Goes through the expression once, without recursion.
class RegexTranslator {
 public:
  explicit RegexTranslator(std::string_view text) : text_(text) {}
  Result<EcmaRegex> run();

 private:
  /// A part of a class: a character or a set of them.
  struct ClassItem {
    std::uint32_t character = 0;
    std::string set;  // in the syntax of RE2; empty: it is the character
  };

  Result<void> term();
  Result<void> open_group();
  Result<void> close_group();
  Result<void> quantify(std::string_view quantifier);
  Result<void> brace();
  Result<void> escape();
  Result<void> character_class();
  Result<ClassItem> class_item();
  Result<std::uint32_t> character_escape();
  Result<std::uint32_t> unicode_escape();
  Result<std::string> property(bool negated);
  std::optional<std::uint32_t> hex(std::size_t digits);
  std::optional<unsigned> number();
  std::uint32_t take_character();

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool take(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  /// Of something that may be repeated.
  void atom(std::string_view re2) {
    regex_.re2 += re2;
    repeatable_ = true;
  }
  void unsupported(std::string_view what) {
    if (!regex_.unsupported.empty()) return;
    regex_.unsupported = std::string(what) + " at character " + std::to_string(at_);
  }
  Error invalid(std::string_view what) const {
    return internal_error(std::string(what) + " at character " + std::to_string(at_));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool repeatable_ = false;
  EcmaRegex regex_;
};

}  // namespace penstock::schema
