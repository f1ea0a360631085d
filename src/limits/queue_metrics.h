#pragma once

#include "metrics/metrics.h"

namespace penstock::limits {

/// Requests that wait for room in a limit.
extern const MetricFamily kQueueLength;
/// How long those waited that got what they waited for.
extern const HistogramFamily kQueueWait;
/// Requests that the queue refused, by {reason}: full, overload, timeout.
extern const MetricFamily kQueueShed;

}  // namespace penstock::limits
