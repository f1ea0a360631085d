#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "limits/limit.h"

namespace penstock::token_limit {

/// A duration as Go prints it, which is what clients of x-ratelimit-reset-* parse: 12ms, 1.2s,
/// 6m0s, 1h0m0.5s.
std::string go_duration(std::chrono::milliseconds time);
/// A duration as the configuration writes it, in the largest unit that fits: 1m, 90s, 1d.
std::string short_duration(std::chrono::milliseconds time);
/// A count as the configuration writes it, in the largest unit that fits: 100k, 5M, 1500.
std::string short_count(std::uint64_t count);
/// The text, or its beginning and an ellipsis when it is longer than 64 bytes; no UTF-8 character
/// is cut in two.
std::string shortened(std::string_view text);

/// An amount for people: "100k tokens", "60 requests", "10 requests at once". `amount` is in the
/// unit.
std::string describe_amount(limits::Unit unit, std::uint64_t amount);
/// The same to the last digit, for those who compare two: "100000 tokens".
std::string exact_amount(limits::Unit unit, std::uint64_t amount);
/// In which time a limit grants its capacity: " per 1m", " per month"; empty for concurrency.
std::string window_text(const limits::Limit& limit);

}  // namespace penstock::token_limit
