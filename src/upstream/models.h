#pragma once

#include <string_view>

#include "penstock/response.h"
#include "penstock/result.h"

#include "config/config.h"

namespace penstock::upstream {

/// GET /v1/models and /v1/models/{id} from the configuration. A "*" entry adds the demo's models
/// where it leads to the demo; another upstream's own list is not asked for.
/// `path` is canonical: "/models" or "/models/...". Error: kModelNotFound.
Result<Response> list_models(const config::Config& config, std::string_view path);

}  // namespace penstock::upstream
