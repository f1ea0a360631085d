#pragma once

#include <memory>

#include "penstock/exchange.h"

#include "interceptors/json_schema/verdict_counter.h"

namespace penstock::json_schema {

/// The verdict on one answer on its way to the log record (response_verdict), which has the last
/// one that was noted, and to the metric, which counts it once. Used by one fiber.
class VerdictNote {
 public:
  /// `counter` outlives this. Starts as Verdict::kSkipped.
  VerdictNote(std::shared_ptr<Remarks> remarks, const VerdictCounter& counter);

  void set(Verdict verdict);
  /// The verdict stands. Call once.
  void count() const { counter_->count(verdict_); }

 private:
  std::shared_ptr<Remarks> remarks_;
  const VerdictCounter* counter_;
  Verdict verdict_ = Verdict::kSkipped;
};

}  // namespace penstock::json_schema
