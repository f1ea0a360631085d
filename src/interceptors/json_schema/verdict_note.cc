#include "interceptors/json_schema/verdict_note.h"

#include <string>
#include <utility>

namespace penstock::json_schema {

namespace {

constexpr std::string_view kRemark = "response_verdict";

}  // namespace

VerdictNote::VerdictNote(std::shared_ptr<Remarks> remarks, const VerdictCounter& counter)
    : remarks_(std::move(remarks)), counter_(&counter) {
  remarks_->set(kRemark, std::string(to_string(verdict_)));
}

void VerdictNote::set(Verdict verdict) {
  if (verdict == verdict_) return;
  verdict_ = verdict;
  remarks_->set(kRemark, std::string(to_string(verdict)));
}

}  // namespace penstock::json_schema
