#include "gateway/process_metrics.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

#include "log/log.h"
#include "metrics/metrics.h"

namespace penstock::gateway {

namespace {

using Type = MetricFamily::Type;

constexpr std::array<std::string_view, 1> kVersionLabel{"version"};

const MetricFamily kBuildInfo{"penstock_build_info", "Always 1; the version is in the label.",
                              Type::kGauge, kVersionLabel};
const MetricFamily kConnections{
    "penstock_connections", "Open connections of clients.", Type::kGauge, {}};
const MetricFamily kLogDropped{"penstock_log_dropped_total",
                               "Log lines lost: the queue was full or the file not writable.",
                               Type::kCounter,
                               {}};
const MetricFamily kReloadSuccess{"penstock_config_last_reload_success",
                                  "1: the last reload succeeded, or there was none. 0: it failed "
                                  "and the configuration before it runs.",
                                  Type::kGauge,
                                  {}};
const MetricFamily kReloadTime{"penstock_config_last_reload_timestamp_seconds",
                               "When the configuration that runs was loaded.",
                               Type::kGauge,
                               {}};
const MetricFamily kStart{
    "penstock_start_time_seconds", "When the gateway started.", Type::kGauge, {}};

const MetricFamily kCpu{
    "process_cpu_seconds_total", "User and system CPU time.", Type::kCounter, {}};
const MetricFamily kResident{"process_resident_memory_bytes", "Resident memory.", Type::kGauge, {}};
const MetricFamily kVirtual{"process_virtual_memory_bytes", "Virtual memory.", Type::kGauge, {}};
const MetricFamily kOpenFiles{"process_open_fds", "Open file descriptors.", Type::kGauge, {}};
const MetricFamily kMaxFiles{
    "process_max_fds", "The limit on open file descriptors.", Type::kGauge, {}};
const MetricFamily kProcessStart{
    "process_start_time_seconds", "When the process started.", Type::kGauge, {}};

double seconds(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void append_memory(std::string& text) {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  if (!(file >> pages >> resident)) return;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  append_sample(text, kResident, resident * page);
  append_sample(text, kVirtual, pages * page);
}

void append_files(std::string& text) {
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (!error) append_sample(text, kOpenFiles, static_cast<double>(std::distance(begin(open), {})));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    append_sample(text, kMaxFiles, static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

void append_gateway_metrics(std::string& text, const server::Server& server,
                            const LiveConfiguration::State& state) {
  append_sample(text, kBuildInfo, 1, {PENSTOCK_VERSION});
  append_sample(text, kConnections, static_cast<double>(server.connections()));
  append_sample(text, kLogDropped, static_cast<double>(Log::dropped_by_all()));
  const bool good = !state.last_reload || state.last_reload->diagnostics.ok();
  append_sample(text, kReloadSuccess, good ? 1 : 0);
  append_sample(text, kReloadTime, seconds(state.loaded_at));
}

void append_process_metrics(std::string& text, WallTime started_at) {
  append_sample(text, kStart, seconds(started_at));
  append_sample(text, kProcessStart, seconds(started_at));
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    append_sample(text, kCpu, seconds(usage.ru_utime) + seconds(usage.ru_stime));
  }
  append_memory(text);
  append_files(text);
}

}  // namespace penstock::gateway
