#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace penstock::cli {

/// The answer of GET /v1/status as a page for a person. Members that are missing or of another type
/// than expected are left out or shown as "-", so that programs of different versions go together.
std::string status_text(const nlohmann::json& status);

}  // namespace penstock::cli
