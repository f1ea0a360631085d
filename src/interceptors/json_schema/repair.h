#pragma once

#include <string>
#include <string_view>

#include "interceptors/json_schema/answer_fault.h"

namespace penstock::json_schema {

/// The body of a chat request with two messages more: what the model answered (`fault.wrong`, which
/// is there; up to 64 KiB of it) and what is wrong with it. Everything else stays byte for byte.
/// Empty when the body has no messages to add to.
std::string with_report(std::string_view body, const Fault& fault);

}  // namespace penstock::json_schema
