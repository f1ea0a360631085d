#pragma once

#include <memory>
#include <string>

#include "penstock/body.h"

#include "interceptors/token_limit/admission.h"

namespace penstock::token_limit {

/// How a stream that is cut tells its client so, before the error.
struct CutOff {
  std::string event;  // the last event, with finish_reason `length`; empty: there is none
  Error error;
};

/// The same body, watched: when more has come of it than is held, it holds more, in steps. Where
/// that is refused, the rest becomes debt when it is settled; or, for a rule that says so, the
/// stream is cut: `cut_off(rule)` tells how. Holding more may suspend.
Body metered(Body body, std::shared_ptr<Admission> admission,
             UniqueFunction<CutOff(const Rule&)> cut_off);

}  // namespace penstock::token_limit
