#pragma once

#include <memory>
#include <string_view>

#include "penstock/exchange.h"

#include "metrics/metrics.h"

namespace penstock::json_schema {

/// What came of the check of an answer.
enum class AnswerVerdict {
  kSkipped,   // what was asked for could not be judged, or not all of it
  kValid,     // nothing is wrong with it
  kRepaired,  // the same, after the model was asked again
  kInvalid,
};

/// The name used in logs and metrics: skipped, valid, repaired, invalid.
std::string_view to_string(AnswerVerdict verdict) noexcept;

/// The verdict on one answer on its way to the log record, which has the last one that was noted,
/// and to the metric, which counts it once.
class VerdictNote {
 public:
  /// `metrics` outlives this. Starts as kSkipped.
  VerdictNote(std::shared_ptr<Remarks> remarks, Metrics& metrics);

  void set(AnswerVerdict verdict);
  /// The verdict stands.
  void count() const;

 private:
  std::shared_ptr<Remarks> remarks_;
  Metrics* metrics_;
  AnswerVerdict verdict_ = AnswerVerdict::kSkipped;
};

}  // namespace penstock::json_schema
