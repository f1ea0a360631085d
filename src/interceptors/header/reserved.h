#pragma once

#include <string_view>

namespace penstock::header {

enum class Side { kRequest, kResponse };

/// Why a field must not be written by this interceptor; null: it may. `name` in any case.
///
/// Reserved are the fields of the connection and of framing (RFC 9110 section 7.6.1, RFC 9112
/// section 6), those that say how the body is coded, and towards the upstream the credentials.
const char* why_not_written(std::string_view name, Side side) noexcept;
/// Why a field must not be taken away either; null: it may.
const char* why_not_removed(std::string_view name, Side side) noexcept;

}  // namespace penstock::header
