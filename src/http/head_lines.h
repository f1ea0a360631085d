#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "penstock/result.h"

namespace penstock::http::internal {

/// Cuts the head of a message, which arrives in a growing buffer, into its lines. Each byte is
/// searched once, whatever the pieces; the limits hold while a line is still incomplete. No copy.
class HeadLines {
 public:
  explicit HeadLines(std::size_t max_head_bytes) : max_head_bytes_(max_head_bytes) {}

  /// The next line without its CRLF, nullopt when it is not complete. `buffer` starts at the head's
  /// first byte. Errors: `too_long` for a line of more than `max_line_bytes`, kHeadTooLarge for
  /// too many lines, kMalformedHttp for a LF without CR.
  Result<std::optional<std::string_view>> next(std::string_view buffer, std::size_t max_line_bytes,
                                               ErrorKind too_long);

  /// Bytes of all lines given so far, line ends included.
  std::size_t consumed() const noexcept { return line_start_; }

 private:
  std::size_t max_head_bytes_;
  std::size_t line_start_ = 0;
  std::size_t scanned_ = 0;  // no LF between line_start_ and here
};

}  // namespace penstock::http::internal
