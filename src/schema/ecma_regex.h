#pragma once

#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::schema {

/// A regular expression of ECMA-262 (22.2.1, with the flag `u`) in the syntax of RE2.
struct EcmaRegex {
  std::string re2;
  /// What RE2 has nothing for: "a look-ahead at character 3". Empty: nothing; else re2 is of no
  /// use.
  std::string unsupported;
};

/// Translates what differs: \d, \w and \s with the sets of ECMA, `.`, `^`, `$`, \cX, \uXXXX,
/// properties by their long names, groups with names, classes that are empty. Groups do not
/// capture, and lazy quantifiers are greedy, since only whether it matches is asked. More lenient
/// than the standard in two points, as schemas of the wild are: any punctuation may be escaped, and
/// a brace that opens no quantifier is a brace. Error (detail): no regular expression; says what
/// and where.
Result<EcmaRegex> translate_regex(std::string_view expression);

}  // namespace penstock::schema
