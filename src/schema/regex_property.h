#pragma once

#include <optional>
#include <string_view>

namespace penstock::schema {

/// What RE2 calls a property of ECMA-262 (table 67 and 22.2.2.9): `Letter`, `L`,
/// `General_Category=Lu`, `Script=Greek`. nullopt: one that RE2 does not have (Emoji, Alphabetic),
/// or whose set differs there.
std::optional<std::string_view> re2_property(std::string_view name);

}  // namespace penstock::schema
