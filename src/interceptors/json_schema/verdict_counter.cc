#include "interceptors/json_schema/verdict_counter.h"

#include <array>
#include <atomic>

namespace penstock::json_schema {

namespace {

constexpr std::array<std::string_view, 3> kLabels{"side", "verdict", "mode"};
const MetricFamily kVerdicts{"penstock_schema_verdicts_total",
                             "Bodies by what json_schema found when it held them to a schema.",
                             MetricFamily::Type::kCounter, kLabels};

constexpr std::array<std::string_view, 2> kSideNames{"request", "response"};
constexpr std::array<std::string_view, 4> kVerdictNames{"valid", "invalid", "skipped", "repaired"};
static_assert(static_cast<std::size_t>(Verdict::kRepaired) + 1 == kVerdictNames.size());

std::atomic<std::uint64_t> next_id{1};

/// What the calling thread counted with last.
struct Cells {
  std::uint64_t owner = 0;
  std::array<MetricCell*, kVerdictNames.size()> by_verdict{};
};

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

VerdictCounter::VerdictCounter(Metrics& metrics, Side side, std::string_view mode)
    : metrics_(&metrics), side_(side), mode_(mode), id_(next_id.fetch_add(1)) {}

void VerdictCounter::count(Verdict verdict) const {
  thread_local std::array<Cells, kSideNames.size()> mine;
  const auto side = static_cast<std::size_t>(side_);
  Cells& cells = mine[side];
  if (cells.owner != id_) cells = {id_, {}};
  MetricCell*& cell = cells.by_verdict[static_cast<std::size_t>(verdict)];
  if (cell == nullptr) {
    cell = &metrics_->cell(kVerdicts, {kSideNames[side], to_string(verdict), mode_});
  }
  cell->add(1);
}

}  // namespace penstock::json_schema
