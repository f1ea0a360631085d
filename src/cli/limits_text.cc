#include "cli/limits_text.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/text_table.h"

namespace penstock::cli {

namespace {

using Json = nlohmann::json;

/// "1m", "month Europe/Berlin"; "-" for concurrency.
std::string window(const Json& limit) {
  if (cell(limit, {"period"}) != "-") {
    return cell(limit, {"period"}) + " " + cell(limit, {"time_zone"});
  }
  const double milliseconds = number_at(limit, {"window_ms"});
  if (milliseconds <= 0) return "-";
  if (milliseconds < 1000) return cell(limit, {"window_ms"}) + "ms";
  return duration_text(milliseconds / 1000);
}

std::string reset(const Json& meter) {
  const double milliseconds = number_at(meter, {"reset_ms"});
  if (milliseconds <= 0) return "-";
  if (milliseconds < 1000) return cell(meter, {"reset_ms"}) + "ms";
  return duration_text((milliseconds + 999) / 1000);
}

}  // namespace

std::string limits_text(const Json& report) {
  std::vector<Row> rows{
      {"LIMIT", "UNIT", "CAPACITY", "WINDOW", "USED", "RESERVED", "REMAINING", "RESET", "SUBJECT"}};
  for (const Json& limit : list_at(report, {"limits"})) {
    const Row of_limit{cell(limit, {"name"}), cell(limit, {"unit"}), cell(limit, {"capacity"}),
                       window(limit)};
    const auto add = [&](const Row& of_meter) {
      Row row = of_limit;
      row.insert(row.end(), of_meter.begin(), of_meter.end());
      rows.push_back(std::move(row));
    };
    const Json& meters = list_at(limit, {"meters"});
    for (const Json& meter : meters) {
      add({cell(meter, {"used"}), cell(meter, {"reserved"}), cell(meter, {"remaining"}),
           reset(meter), cell(meter, {"subject"})});
    }
    if (meters.empty()) add({"0", "0", cell(limit, {"capacity"}), "-", "-"});
    if (cell(limit, {"more_meters"}) == "true") add({"...", "...", "...", "...", "..."});
  }
  return rows.size() > 1 ? table(rows) : "there are no limits\n";
}

}  // namespace penstock::cli
