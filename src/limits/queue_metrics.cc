#include "limits/queue_metrics.h"

#include <array>

namespace penstock::limits {

namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMillisecond;
constexpr std::array<std::int64_t, 13> kWaits{
    1 * kMillisecond,  5 * kMillisecond,    10 * kMillisecond,  25 * kMillisecond,
    50 * kMillisecond, 100 * kMillisecond,  250 * kMillisecond, 500 * kMillisecond,
    1 * kSecond,       2500 * kMillisecond, 5 * kSecond,        10 * kSecond,
    30 * kSecond};
constexpr std::array<std::string_view, 1> kReasonLabel{"reason"};

}  // namespace

const MetricFamily kQueueLength{"penstock_limit_queue_length",
                                "Requests that wait for room in a limit.",
                                MetricFamily::Type::kGauge,
                                {}};
const HistogramFamily kQueueWait{"penstock_limit_queue_wait_seconds",
                                 "How long requests waited for room in a limit until they got it.",
                                 {},
                                 kWaits};
const MetricFamily kQueueShed{"penstock_limit_queue_shed_total",
                              "Requests that the queue refused: full, overload, timeout.",
                              MetricFamily::Type::kCounter, kReasonLabel};

}  // namespace penstock::limits
