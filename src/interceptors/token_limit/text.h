#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

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

/// What a bucket counts, from the parts of its key behind the prefix, each with a NUL before it:
/// "ci", "ci openai gpt-4o"; "everything" where there is none.
std::string bucket_subject(std::string_view parts);

}  // namespace penstock::token_limit
