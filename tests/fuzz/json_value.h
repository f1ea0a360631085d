#pragma once

#include <cstddef>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace penstock::fuzz {

/// A copy of a text with the room behind it that Document::parse needs.
std::string padded(std::string_view text);

/// A value that simdjson has read, as nlohmann would have read it: of equal keys the last counts.
nlohmann::json to_nlohmann(simdjson::dom::element value);

/// What nlohmann finds in a text, by our stricter rules: none where it is no JSON, starts with a
/// byte order mark, nests too deep or holds an integer beyond 64 bits.
std::optional<nlohmann::json> read_by_nlohmann(std::string_view text);

}  // namespace penstock::fuzz
