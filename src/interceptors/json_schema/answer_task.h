#pragma once

#include <memory>
#include <optional>
#include <string>

#include "penstock/interceptor.h"

#include "interceptors/json_schema/answer_fault.h"
#include "interceptors/json_schema/response_options.h"
#include "interceptors/json_schema/structured.h"
#include "interceptors/json_schema/verdict_note.h"
#include "interceptors/json_schema/well_formed.h"

namespace penstock::json_schema {

/// The check of one exchange's answer: what AnswerCheck does once it knows what is expected. Lives
/// on the fiber until the head of the answer is known.
class AnswerTask {
 public:
  /// What there is to check, and with what. All of it outlives the task; `well_formed` also the
  /// answer's body, as does `verdicts`.
  struct Setup {
    const ResponseOptions& options;
    const WellFormed* well_formed;                     // null: any form will do
    std::shared_ptr<const Expectations> expectations;  // null: any text will do
    const VerdictCounter& verdicts;
    bool stream;  // the request asks for one
  };
  AnswerTask(Setup setup, Exchange& x, Next next);

  /// Call once. Suspends.
  Result<Response> run();

 private:
  Result<Response> call_once();
  void check_whole(Response& r);
  std::optional<Fault> find_fault(std::string_view body, std::optional<Structured>& texts) const;
  Result<void> check_stream(Response& r);
  bool prepare_repair();
  Response refuse();

  std::optional<Structured> structured() const;
  Verdict good() const noexcept;
  void use_up(Response& r, Ending ending);

  Setup setup_;
  Exchange& x_;
  Next next_;
  std::shared_ptr<VerdictNote> note_;
  std::uint64_t retries_left_ = 0;
  bool repairing_ = false;
  std::optional<Fault> fault_;  // of the last answer
  Usage used_;                  // by answers that were not given out
};

}  // namespace penstock::json_schema
