#pragma once

#include <string>

#include "penstock/clock.h"

#include "gateway/live_configuration.h"
#include "server/server.h"

namespace penstock::gateway {

/// Appends what is known of the gateway only when asked for: connections, lost log lines, the
/// version, the last reload. Prometheus text format. Thread-safe.
void append_gateway_metrics(std::string& text, const server::Server& server,
                            const LiveConfiguration::State& state);

/// Appends the standard metrics of a process (CPU, memory, file descriptors, start), under the
/// names that Prometheus' client libraries use. From /proc/self; what cannot be read is left out.
void append_process_metrics(std::string& text, WallTime started_at);

}  // namespace penstock::gateway
