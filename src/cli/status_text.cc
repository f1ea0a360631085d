#include "cli/status_text.h"

#include <vector>

#include "cli/json_text.h"
#include "cli/text_table.h"

namespace penstock::cli {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxHash = 12;

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

}  // namespace

std::string status_text(const nlohmann::json& status) {
  return overview(status) + upstreams(status);
}

}  // namespace penstock::cli
