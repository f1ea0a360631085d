// What the look at one event of a provider's stream takes: build/release/stream_bench.

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "openai/stream_tracker.h"

namespace penstock::openai {
namespace {

/// Events as a provider writes them, each with one of these pieces of text.
std::vector<std::string> events(const std::vector<std::string>& pieces) {
  std::vector<std::string> all;
  for (const std::string& piece : pieces) {
    all.push_back(R"({"id":"chatcmpl-Bx0pVgWmUqZ8dQ4sX1y2z3A4b5C6d",)"
                  R"("object":"chat.completion.chunk","created":1750000000,)"
                  R"("model":"gpt-4o-2024-08-06","service_tier":"default",)"
                  R"("system_fingerprint":"fp_07871e2ad8","choices":[{"index":0,)"
                  R"("delta":{"content":")" +
                  piece + R"("},"logprobs":null,"finish_reason":null}],"usage":null})");
  }
  return all;
}

/// Deltas of a token each, as OpenAI sends them.
const std::vector<std::string> kTokens{
    "The",     " river",      " answered", " the", " question", ",",      " and", " therefore",
    " nobody", " understood", " what",     " it",  " was",      " about", ".",    "\\n\\n"};
/// Deltas of some words each, as others do.
const std::vector<std::string> kPhrases{
    "The river answered the question, and", " therefore nobody understood what it was",
    " about. 这条河回答了问题，", "as unterbewusstseinsartig it"};

void see_events(benchmark::State& state, const std::vector<std::string>& pieces,
                const tokens::Model* model) {
  const std::vector<std::string> texts = events(pieces);
  StreamTracker tracker(Route::kChatCompletions, 1, StreamTracker::UsageChunk::kKeep, model);
  std::size_t next = 0;
  for (auto _ : state) {
    http::SseEvent event;
    event.data = texts[next];
    event.has_data = true;
    next = (next + 1) % texts.size();
    benchmark::DoNotOptimize(tracker.see(event));
  }
  if (tracker.usage().output.value_or(0) == 0) std::abort();
}

const tokens::Model* counted() {
  return &tokens::Models::builtin().find("gpt-4o");
}

BENCHMARK_CAPTURE(see_events, tokens_uncounted, kTokens, nullptr);
BENCHMARK_CAPTURE(see_events, tokens_counted, kTokens, counted());
BENCHMARK_CAPTURE(see_events, phrases_uncounted, kPhrases, nullptr);
BENCHMARK_CAPTURE(see_events, phrases_counted, kPhrases, counted());

}  // namespace
}  // namespace penstock::openai

BENCHMARK_MAIN();
