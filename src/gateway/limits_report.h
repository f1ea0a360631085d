#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "limits/limit_view.h"

namespace penstock::gateway {

/// What is left of each limit, for GET /v1/limits and GET /v1/status: the schema Limit of
/// config/openapi.yaml. Of a limit with many meters the first hundred by their keys. May block for
/// a store across processes.
nlohmann::json limits_report(const std::vector<limits::LimitView>& limits);

}  // namespace penstock::gateway
