#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace penstock::cli {

// Reading of JSON that a server sent and that may be anything. Nothing here throws.

/// The value; a discarded one where it is no JSON or is nested deeper than 64.
nlohmann::json parse_json(std::string_view text);

/// The member of a member; nullptr where something on the way is missing or no object.
const nlohmann::json* find(const nlohmann::json& json, std::initializer_list<const char*> path);
const nlohmann::json* find(nlohmann::json&& dies, std::initializer_list<const char*> path) = delete;
/// The text there; empty where there is none.
std::string text_at(const nlohmann::json& json, std::initializer_list<const char*> path);
/// The number there; 0 where there is none.
double number_at(const nlohmann::json& json, std::initializer_list<const char*> path);
/// The list there; an empty one where there is none.
const nlohmann::json& list_at(const nlohmann::json& json, std::initializer_list<const char*> path);
const nlohmann::json& list_at(nlohmann::json&& dies,
                              std::initializer_list<const char*> path) = delete;

}  // namespace penstock::cli
