#include "interceptors/json_schema/answer_verdict.h"

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace penstock::json_schema {

namespace {

constexpr std::string_view kRemark = "response_verdict";
constexpr std::array<std::string_view, 2> kLabels{"side", "verdict"};
const MetricFamily kVerdicts{"penstock_schema_verdicts_total",
                             "Bodies by what json_schema found when it held them to a schema.",
                             MetricFamily::Type::kCounter, kLabels};

}  // namespace

std::string_view to_string(AnswerVerdict verdict) noexcept {
  switch (verdict) {
    case AnswerVerdict::kSkipped:
      return "skipped";
    case AnswerVerdict::kValid:
      return "valid";
    case AnswerVerdict::kRepaired:
      return "repaired";
    case AnswerVerdict::kInvalid:
      return "invalid";
  }
  std::abort();
}

VerdictNote::VerdictNote(std::shared_ptr<Remarks> remarks, Metrics& metrics)
    : remarks_(std::move(remarks)), metrics_(&metrics) {
  remarks_->set(kRemark, std::string(to_string(verdict_)));
}

void VerdictNote::set(AnswerVerdict verdict) {
  if (verdict == verdict_) return;
  verdict_ = verdict;
  remarks_->set(kRemark, std::string(to_string(verdict)));
}

void VerdictNote::count() const {
  metrics_->cell(kVerdicts, {"response", to_string(verdict_)}).add(1);
}

}  // namespace penstock::json_schema
