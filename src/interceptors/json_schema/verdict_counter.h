#pragma once

#include <cstdint>
#include <string_view>

#include "metrics/metrics.h"

namespace penstock::json_schema {

/// What was found when a body was held against its schema.
enum class Verdict {
  kValid,
  kInvalid,
  kSkipped,   // no schema was for it, or it could not be judged
  kRepaired,  // an answer that is valid after the model was asked again
};

/// The name used in logs and metrics: valid, invalid, skipped, repaired.
std::string_view to_string(Verdict verdict) noexcept;

/// Which of the two bodies of an exchange is meant.
enum class Side { kRequest, kResponse };

/// Counts verdicts in penstock_schema_verdicts_total{side,verdict,mode}. Every thread keeps its
/// cells at hand, so that counting is one addition. Thread-safe.
class VerdictCounter {
 public:
  /// `metrics` outlives this; `mode` is a constant.
  VerdictCounter(Metrics& metrics, Side side, std::string_view mode);
  void count(Verdict verdict) const;

 private:
  Metrics* metrics_;
  Side side_;
  std::string_view mode_;
  std::uint64_t id_;  // never used again, so no thread takes the cells of another for these
};

}  // namespace penstock::json_schema
