#include "gateway/limits_report.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace penstock::gateway {

namespace {

using nlohmann::json;

constexpr std::size_t kMostMeters = 100;  // shown of a limit

constexpr std::array<const char*, 6> kUnits{"requests",      "tokens",      "input_tokens",
                                            "output_tokens", "nanodollars", "concurrency"};
constexpr std::array<const char*, 4> kAlgorithms{"bucket", "log", "calendar", "concurrency"};

json shown(const limits::LimitView& view, const limits::MeterView& meter) {
  const std::string_view key = meter.key;
  return {{"subject", view.subject(key.substr(view.key_prefix.size()))},
          {"used", meter.used},
          {"reserved", meter.reserved},
          {"remaining", meter.remaining},
          {"reset_ms", meter.reset.count()}};
}

json shown(const limits::LimitView& view) {
  const limits::Limit& limit = view.limit;
  const auto found = view.store->list(limit, view.key_prefix, kMostMeters + 1);
  json meters = json::array();
  for (std::size_t i = 0; i < std::min(found.size(), kMostMeters); ++i) {
    meters.push_back(shown(view, found[i]));
  }
  json report{{"name", limit.name},
              {"unit", kUnits[static_cast<std::size_t>(limit.unit)]},
              {"algorithm", kAlgorithms[static_cast<std::size_t>(limit.algorithm)]},
              {"capacity", limit.capacity},
              {"window_ms", nullptr},
              {"period", nullptr},
              {"time_zone", nullptr},
              {"meters", std::move(meters)},
              {"more_meters", found.size() > kMostMeters}};
  if (limit.calendar) {
    report["period"] = to_string(limit.calendar->period());
    report["time_zone"] = limit.calendar->zone();
  } else if (limit.every.count() > 0) {
    report["window_ms"] = limit.every.count();
  }
  return report;
}

}  // namespace

json limits_report(const std::vector<limits::LimitView>& limits) {
  json list = json::array();
  for (const limits::LimitView& view : limits) list.push_back(shown(view));
  return list;
}

}  // namespace penstock::gateway
