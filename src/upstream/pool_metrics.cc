#include "upstream/pool_metrics.h"

#include <array>

namespace penstock::upstream {

namespace {
constexpr std::array<std::string_view, 2> kLabels{"upstream", "state"};
}

const MetricFamily kUpstreamConnections{"penstock_upstream_connections",
                                        "Open connections to upstreams.",
                                        MetricFamily::Type::kGauge, kLabels};

}  // namespace penstock::upstream
