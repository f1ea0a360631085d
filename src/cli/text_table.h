#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace penstock::cli {

using Row = std::vector<std::string>;

/// The rows with their columns aligned; the last column is as long as it is.
std::string table(const std::vector<Row>& rows);

/// A text or number of a report; "-" where there is none, so that programs of different versions go
/// together.
std::string cell(const nlohmann::json& json, std::initializer_list<const char*> path);

/// "3d 4h", "2h 5m", "1m 20s", "12s": the two largest units.
std::string duration_text(double seconds);

}  // namespace penstock::cli
