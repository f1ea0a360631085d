#pragma once

#include <array>
#include <string_view>

namespace penstock::schema {

/// The routes that have a built-in schema, in alphabetical order.
inline constexpr std::array<std::string_view, 5> kBuiltinNames{
    "chat_completions", "completions", "embeddings", "moderations", "responses"};

/// The text of config/schemas/<name>.json as it was when the program was built; empty where there
/// is no such file. The names are kBuiltinNames, and those of src/schema/metaschemas.
std::string_view builtin(std::string_view name);

}  // namespace penstock::schema
