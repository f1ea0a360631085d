#pragma once

#include <optional>
#include <string>

#include "penstock/error.h"

namespace penstock::json_schema {

/// What is wrong with an answer.
struct Fault {
  enum class Kind {
    kMalformed,  // the provider broke the rules of the API
    kMisfit,     // what the model wrote is not what the request asked for
  };
  Kind kind = Kind::kMisfit;
  std::string where;  // choices[0].message.content; empty: the answer as a whole
  std::string what;   // a sentence
  /// What the model wrote, as far as it is known, where it can be asked to write it better.
  std::optional<std::string> wrong;
  std::string tool;  // the function that was called; empty: it was no call
};

/// The 502 upstream_invalid_response that tells a client of a fault. Where the model is to blame, a
/// client is told not to try again by itself: each attempt is paid for, and the option `retry` does
/// it better.
Error to_error(const Fault& fault);

}  // namespace penstock::json_schema
