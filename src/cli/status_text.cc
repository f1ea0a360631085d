#include "cli/status_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "cli/json_text.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

using Json = nlohmann::json;
using Path = std::initializer_list<const char*>;
using Row = std::vector<std::string>;

constexpr std::size_t kMaxHash = 12;

/// A text or number of the report; "-" where there is none.
std::string cell(const Json& json, Path path) {
  const Json* value = find(json, path);
  if (value == nullptr || value->is_null() || value->is_structured()) return "-";
  const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
  return text.empty() ? "-" : printable(text);
}

/// The rows with their columns aligned; the last column is as long as it is.
std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string last_reload(const Json& report) {
  const Json* reload = find(report, {"configuration", "last_reload"});
  if (reload == nullptr || !reload->is_object()) return "none yet";
  const Json* success = find(*reload, {"success"});
  const bool good = success != nullptr && success->is_boolean() && success->get<bool>();
  const std::string at = cell(*reload, {"at"});
  if (good) return "good, " + at;
  return "failed, " + at + ", " + std::to_string(list_at(*reload, {"errors"}).size()) + " errors";
}

std::string configuration(const Json& report) {
  std::string text = cell(report, {"configuration", "origin"});
  const std::string hash = cell(report, {"configuration", "hash"});
  if (hash != "-") text += " (" + hash.substr(0, kMaxHash) + ")";
  const std::string at = cell(report, {"configuration", "loaded_at"});
  return at == "-" ? text : text + ", loaded " + at;
}

std::string overview(const Json& report) {
  return table({{"version", cell(report, {"version"})},
                {"state", cell(report, {"state"})},
                {"up", duration_text(number_at(report, {"uptime_seconds"}))},
                {"configuration", configuration(report)},
                {"last reload", last_reload(report)},
                {"event loops", cell(report, {"event_loops"})},
                {"connections", cell(report, {"connections"})},
                {"exchanges", cell(report, {"exchanges"})},
                {"streams", cell(report, {"streams"})}});
}

std::string upstreams(const Json& report) {
  std::vector<Row> rows{{"UPSTREAM", "KIND", "ACTIVE", "IDLE", "URL"}};
  for (const Json& one : list_at(report, {"upstreams"})) {
    rows.push_back({cell(one, {"name"}), cell(one, {"kind"}), cell(one, {"connections", "active"}),
                    cell(one, {"connections", "idle"}), cell(one, {"url"})});
  }
  return rows.size() > 1 ? "\n" + table(rows) : "";
}

std::string window(const Json& limit) {
  const double milliseconds = number_at(limit, {"window_ms"});
  if (milliseconds <= 0) return "-";
  if (milliseconds < 1000) return cell(limit, {"window_ms"}) + "ms";
  return duration_text(milliseconds / 1000);
}

/// One row for each subject of a limit; a limit that nobody has used yet has all of it left.
std::string limits(const Json& report) {
  std::vector<Row> rows{{"LIMIT", "CAPACITY", "EVERY", "REMAINING", "SUBJECT"}};
  for (const Json& limit : list_at(report, {"limits"})) {
    const Row of_limit{cell(limit, {"name"}), cell(limit, {"capacity"}), window(limit)};
    const auto add = [&](const std::string& remaining, const std::string& subject) {
      Row row = of_limit;
      row.insert(row.end(), {remaining, subject});
      rows.push_back(std::move(row));
    };
    const Json& buckets = list_at(limit, {"buckets"});
    for (const Json& bucket : buckets) add(cell(bucket, {"remaining"}), cell(bucket, {"subject"}));
    if (buckets.empty()) add(cell(limit, {"capacity"}), "-");
    if (cell(limit, {"more_buckets"}) == "true") add("...", "...");
  }
  return rows.size() > 1 ? "\n" + table(rows) : "";
}

}  // namespace

std::string duration_text(double seconds) {
  struct Unit {
    double seconds;
    char letter;
  };
  constexpr std::array<Unit, 4> kUnits{{{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  double rest = std::floor(std::clamp(seconds, 0.0, 1e12));
  std::string text;
  int shown = 0;
  for (const Unit& unit : kUnits) {
    const double count = std::floor(rest / unit.seconds);
    rest -= count * unit.seconds;
    if (shown > 0) ++shown;  // the second unit is the next one, whatever its count
    if (count > 0 && shown == 0) shown = 1;
    if (count > 0 && shown <= 2) {
      text +=
          (text.empty() ? "" : " ") + std::to_string(static_cast<long long>(count)) + unit.letter;
    }
  }
  return text.empty() ? "0s" : text;
}

std::string status_text(const nlohmann::json& status) {
  return overview(status) + upstreams(status) + limits(status);
}

}  // namespace penstock::cli
