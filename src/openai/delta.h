#pragma once

#include <cstdint>
#include <simdjson.h>
#include <string_view>

#include "tokens/encoding.h"

namespace penstock::openai {

/// The tokens of what a model wrote, event by event, for the case that its provider never says how
/// many they were: text (content, refusal, reasoning, `text` of legacy completions), names and
/// arguments of tool calls, transcripts.
///
/// Each piece of text is counted by itself, so the sum is what the provider charges where an event
/// brings whole tokens, which is the rule, and a little more elsewhere. A text over 64 KiB counts a
/// token for four bytes. Without an encoding each event with any text counts as one token for each
/// choice.
class OutputCounter {
 public:
  /// Null: none is known.
  explicit OutputCounter(const tokens::Encoding* encoding) noexcept : encoding_(encoding) {}

  /// One element of `choices` of a chunk.
  void add_choice(simdjson::dom::element choice);
  /// An event of the responses, images or audio API, of that type.
  void add_typed(std::string_view type, simdjson::dom::object event);

  std::uint64_t tokens() const noexcept { return tokens_; }

 private:
  const tokens::Encoding* encoding_;
  std::uint64_t tokens_ = 0;
};

}  // namespace penstock::openai
