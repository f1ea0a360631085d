#pragma once

#include <cstdint>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "schema/instance.h"
#include "schema/plan.h"

namespace penstock::schema {

// The words that tell a client what was expected. Each text is bounded, however long the texts of
// client and schema are.

/// A longer name of a field is not repeated.
inline constexpr std::size_t kMaxNameBytes = 128;

/// "a string, an array or null".
std::string type_names(TypeSet types);
/// "null", "a number".
std::string type_name(const Instance& value);
/// The text as a JSON string, cut where it is long.
std::string quoted(std::string_view text);
/// The value of a scalar as JSON, the type of anything else.
std::string shown(const Instance& value);
/// A value of the schema, as JSON, cut where it is long.
std::string rendered(simdjson::dom::element value);
/// What was found where the type is wrong: the type, or the number where an integer was asked for.
std::string found_instead_of(TypeSet expected, const Instance& found);

/// "one of "low", "high" or null"; the choices are rendered ones.
std::string one_of(const std::vector<std::string>& choices);
/// "an integer between 1 and 128".
std::string number_in(const Node& node);
/// "a multiple of 0.01".
std::string multiple_of(const Node& node);
/// What has a size is called so.
struct SizeWords {
  std::string_view article_noun;
  std::string_view unit;
  std::string_view min_keyword;
  std::string_view max_keyword;
};
/// Of arrays, objects and strings.
SizeWords size_words(TypeSet type);
/// "a non-empty array" or "an array of at most 3 items", whichever was broken by `found`.
std::string sized(std::string_view article_noun, std::string_view unit, const SizeRange& range,
                  std::uint64_t found);
/// "an empty array", or the number.
std::string size_found(std::string_view article_noun, std::uint64_t found);
/// "at least 2 items", "at most 1 item".
std::string count_in(std::string_view unit, const SizeRange& range, std::uint64_t found);
/// "a string that matches ^[0-9]+$".
std::string matching(std::string_view expression);

}  // namespace penstock::schema
