#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "upstream/upstream.h"

namespace penstock::upstream {

/// An upstream inside the process: answers in the OpenAI shape without a model, an account or a
/// network, always the same to the same request. For a first try, for tests and for measurements.
///
/// Chat: repeats the last user message (its first 2,000 bytes) and adds a sentence. A stream gives
/// a word at a time with a pace between two words; a whole answer comes after one pace. It honours
/// stream_options.include_usage, max_tokens, max_completion_tokens, n (up to 128), stop,
/// response_format (a JSON object with the text as `answer`), and tools where tool_choice is
/// "required" or names a function (one call with the arguments "{}"). Input tokens are the bytes of
/// the messages' text by four, output tokens are the words that were sent. Embeddings: a unit
/// vector of eight numbers for each input. Other routes: 404.
///
/// Models that misbehave: demo-slow (ten times the pace), demo-error-429, demo-error-500, demo-cut
/// (breaks off after half of the words; a whole answer is kUpstreamUnreachable). Any other name is
/// the plain demo.
class Demo final : public Upstream {
 public:
  explicit Demo(std::chrono::milliseconds pace) : pace_(pace) {}
  /// The names worth listing.
  static std::span<const std::string_view> model_names() noexcept;
  /// Errors: kUpstreamUnreachable (demo-cut), kCancelled.
  Result<Response> send(Exchange& x) override;

 private:
  std::chrono::milliseconds pace_;
};

}  // namespace penstock::upstream
