#pragma once

#include <cstdint>

namespace penstock::http {

/// How the end of a message body is found (RFC 9112 section 6.3).
struct Framing {
  enum class Kind { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // kLength
};

}  // namespace penstock::http
