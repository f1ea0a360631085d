#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace penstock::control::testing {

/// A file of the source tree.
std::string read_source_file(const std::string& path);

/// A YAML text as JSON, aliases resolved.
nlohmann::json json_of_yaml(const std::string& yaml);

/// config/openapi.yaml as JSON.
const nlohmann::json& openapi();

/// The methods of an item of `paths`, in upper case, with HEAD where there is GET.
std::set<std::string> methods_of(const nlohmann::json& path_item);
/// The words of a list such as "GET, HEAD".
std::set<std::string> words_of(std::string_view list);
/// True when the item of `paths` is served at that port.
bool is_served_at(const nlohmann::json& path_item, std::string_view port);

/// Why a JSON text does not fit components/schemas/<name>; nothing when it does. Judged by the
/// validator of the interceptor json_schema.
std::optional<std::string> misfit(std::string_view name, std::string text);

}  // namespace penstock::control::testing
