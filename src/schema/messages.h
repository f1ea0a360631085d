#pragma once

#include <cstdint>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "schema/instance.h"
#include "schema/plan.h"

namespace penstock::schema {

// The sentences that tell a client what was expected and what was found. Each is bounded, however
// long the texts of client and schema are.

/// "a string, an array or null".
std::string type_names(TypeSet types);
/// The text as a JSON string, cut where it is long.
std::string quoted(std::string_view text);
/// A value of the schema, as JSON.
std::string rendered(simdjson::dom::element value);

/// "expected a string or null, found a number".
std::string wrong_type(TypeSet expected, const Instance& found);
/// "expected one of "low", "high" or null, found "huge""; the choices are rendered ones.
std::string wrong_value(const std::vector<std::string>& choices, const Instance& found);
/// "expected an integer between 1 and 128, found 0".
std::string wrong_number(const Node& node, const Instance& found);
/// "expected a non-empty array, found an empty array"; `article_noun` is "an array", `unit` "item".
std::string wrong_size(std::string_view article_noun, std::string_view unit, const SizeRange& range,
                       std::uint64_t found);
/// "expected a string that matches ^[0-9]+$, found "x"".
std::string wrong_text(std::string_view expression, const Instance& found);

}  // namespace penstock::schema
