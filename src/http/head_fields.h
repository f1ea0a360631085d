#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "penstock/headers.h"
#include "penstock/result.h"

namespace penstock::http::internal {

/// Splits a field line at its colon; the value loses its surrounding white space. Errors: obs-fold,
/// no colon (kMalformedHttp). That name and value hold only allowed bytes is checked by add_field.
Result<Headers::Field> split_field(std::string_view line);

/// Adds a field to `headers`. Error: kMalformedHttp, a byte that is not allowed there.
Result<void> add_field(Headers& headers, const Headers::Field& field);

/// What the fields of a head say about framing and persistence (RFC 9112 sections 6 and 9).
struct ConnectionFacts {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool close = false;       // Connection: close
  bool keep_alive = false;  // Connection: keep-alive

  /// Takes notice of a field. Errors: kMalformedHttp where framing could be read in two ways,
  /// kNotImplemented for a transfer coding other than chunked.
  Result<void> see(const Headers::Field& field, int minor_version);
  /// At the end of the head. Error: kMalformedHttp, both ways of framing are there.
  Result<void> check() const;
  /// May the connection be used again?
  bool persists(int minor_version) const noexcept;
};

}  // namespace penstock::http::internal
