#pragma once

#include <string>
#include <string_view>

#include "penstock/error.h"

#include "runtime/stream.h"

namespace penstock::upstream {

/// What an I/O error on the way to an upstream means for the client. `phase` is for the log: "the
/// connection", "the answer's head".
Error failure(const runtime::IoError& error, std::string_view phase);

/// 502 for an answer that breaks the protocol; `detail` is for the log.
Error invalid_answer(std::string detail);

}  // namespace penstock::upstream
