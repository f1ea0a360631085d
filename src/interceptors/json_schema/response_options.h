#pragma once

#include <cstdint>
#include <optional>

#include "penstock/config.h"

namespace penstock::json_schema {

/// How answers are checked.
struct ResponseOptions {
  static constexpr std::uint64_t kMaxRetries = 5;
  static constexpr std::uint64_t kMaxHold = std::uint64_t{1} << 20;
  static constexpr std::uint64_t kMaxContent = std::uint64_t{64} << 20;

  /// What the model wrote must be what the request asked for.
  struct Structured {
    std::uint64_t retry = 0;  // how often the model is asked once more, told what was wrong
    std::uint64_t hold = 0;   // bytes of content of a stream that are held back at first
    std::uint64_t max_content = std::uint64_t{4} << 20;  // bytes of content, all texts together
  };

  bool provider = false;  // the answer must be well formed
  std::optional<Structured> structured;

  bool any() const noexcept { return provider || structured.has_value(); }
};

/// Reads the option `response` of `json_schema`:
///
///   response: none            no look at answers; the default
///   response: provider        well-formed answers only
///   response: structured      answers that fit what the request asked for
///   response: {provider: true, structured: {retry: 1, hold: 64KiB, max_content: 4MiB}}
///
/// `node` is null where the option is absent. Whatever is wrong goes to the diagnostics.
ResponseOptions parse_response_options(const config::Node* node, config::Diagnostics& diagnostics);

}  // namespace penstock::json_schema
