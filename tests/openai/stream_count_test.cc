// What a model wrote is counted as it flows, by the model's own encoding.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "openai/replay.h"
#include "openai/stream_tracker.h"

namespace penstock::openai {
namespace {

using nlohmann::json;

constexpr auto kKeep = StreamTracker::UsageChunk::kKeep;

const tokens::Model& model(std::string_view name = "gpt-4o") {
  return tokens::Models::builtin().find(name);
}

std::uint64_t tokens_of(std::string_view text) {
  return model().encoding->count(text);
}

/// The tokens that a stream of that route counts for; 0: it counts for nothing.
std::uint64_t counted(const std::string& stream, Route route = Route::kChatCompletions,
                      const tokens::Model& rule = model()) {
  StreamTracker tracker(route, 1, kKeep, &rule);
  EXPECT_EQ(replay(tracker, {stream}), stream);
  const Usage usage = tracker.usage();
  EXPECT_EQ(usage.origin, usage.output ? Usage::Origin::kCounted : Usage::Origin::kUnknown);
  return usage.output.value_or(0);
}

std::uint64_t counted_delta(const json& delta) {
  return counted(event_of(json{{"choices", {{{"index", 0}, {"delta", delta}}}}}.dump()));
}

std::uint64_t counted_event(const json& event) {
  return counted(event_of(event.dump()), Route::kResponses);
}

constexpr std::string_view kWords = "incomprehensible hexadecimal rivers";

TEST(CountedStream, HasTheTokensOfItsTexts) {
  ASSERT_GT(tokens_of(kWords), 4u);
  const std::uint64_t words = tokens_of(kWords);
  EXPECT_EQ(counted_delta({{"role", "assistant"}, {"content", kWords}}), words);
  EXPECT_EQ(counted_delta({{"content", nullptr}, {"refusal", kWords}}), words);
  EXPECT_EQ(counted_delta({{"reasoning", kWords}}), words);
  EXPECT_EQ(counted_delta({{"reasoning_content", kWords}, {"content", kWords}}), 2 * words);
  EXPECT_EQ(counted_delta({{"audio", {{"id", "a"}, {"data", "QUJD"}, {"transcript", kWords}}}}),
            words);
  EXPECT_EQ(counted_delta({{"role", "assistant"}, {"content", ""}}), 0u);
  EXPECT_EQ(counted_delta({{"something", kWords}}), 0u);
  EXPECT_EQ(counted(event_of(json{{"choices", {{{"text", kWords}}}}}.dump()), Route::kCompletions),
            words);
}

TEST(CountedStream, HasTheTokensOfCalls) {
  const std::string_view arguments = R"({"city": "Reykjavik"})";
  const std::uint64_t call = tokens_of("get_weather") + tokens_of(arguments);
  const json function{{"name", "get_weather"}, {"arguments", arguments}};
  const json custom{{"name", "get_weather"}, {"input", arguments}};
  EXPECT_EQ(counted_delta({{"tool_calls", {{{"id", "call_1"}, {"function", function}}}}}), call);
  EXPECT_EQ(counted_delta({{"tool_calls", {{{"custom", custom}}, {{"function", function}}}}}),
            2 * call);
  EXPECT_EQ(counted_delta({{"function_call", function}}), call);
}

TEST(CountedStream, HasTheTokensOfPartsAndOfThoughtsInThem) {
  const json text{{"type", "text"}, {"text", kWords}};
  const json thought{{"type", "thinking"}, {"thinking", {text, text}}};
  EXPECT_EQ(counted_delta({{"content", {text, thought, 7, "x"}}}), 3 * tokens_of(kWords));
}

TEST(CountedStream, HasTheSameThoughtUnderTwoNamesOnce) {
  EXPECT_EQ(counted_delta({{"reasoning", kWords}, {"reasoning_content", kWords}}),
            tokens_of(kWords));
  EXPECT_EQ(counted_delta({{"reasoning", nullptr}, {"reasoning_content", kWords}}),
            tokens_of(kWords));
}

TEST(CountedStream, HasTheTokensOfTypedEvents) {
  for (const char* type :
       {"response.output_text.delta", "response.refusal.delta", "response.reasoning_text.delta",
        "response.function_call_arguments.delta", "response.custom_tool_call_input.delta",
        "response.audio.transcript.delta"}) {
    EXPECT_EQ(counted_event({{"type", type}, {"delta", kWords}}), tokens_of(kWords)) << type;
  }
  EXPECT_EQ(counted_event({{"type", "response.output_item.added"},
                           {"item", {{"type", "function_call"}, {"name", "get_weather"}}}}),
            tokens_of("get_weather"));
  EXPECT_EQ(counted_event({{"type", "response.output_text.done"}, {"text", kWords}}), 0u);
}

TEST(CountedStream, DoesNotTakeSoundForText) {
  for (const char* type : {"response.audio.delta", "response.output_audio.delta"}) {
    EXPECT_EQ(counted_event({{"type", type}, {"delta", std::string(4000, 'Q')}}), 1u);
  }
}

TEST(CountedStream, HasTheTokensOfTheWholeTextWhereEachDeltaIsOne) {
  const tokens::Encoding& encoding = *model().encoding;
  const std::string text =
      "The committee's re-election (in 1987) was, frankly, unexpected:\n\n* 12345 votes\n"
      "* a \"quorum\" of 7/10 members\n\n```c++\nfor (int i = 0; i < 10; ++i) f(i);\n```\n";
  std::string stream;
  std::size_t deltas = 0;
  for (const tokens::TokenId token : encoding.encode(text)) {
    const tokens::TokenId one[] = {token};
    stream += chunk(delta("\"content\":" + json(encoding.decode(one)).dump()));
    ++deltas;
  }
  EXPECT_GT(deltas, 50u);
  EXPECT_EQ(counted(stream), deltas);
  EXPECT_EQ(counted(chunk(delta("\"content\":" + json(text).dump()))), deltas);
}

TEST(CountedStream, IsScaledForATokenizerThatNobodyHasPublished) {
  const tokens::Model& claude = model("claude-sonnet-4-5");
  ASSERT_EQ(claude.factor, 1250u);
  std::string stream;
  for (int i = 0; i < 8; ++i) stream += chunk(delta(R"("content":"a")"));
  EXPECT_EQ(counted(stream, Route::kChatCompletions, claude), 10u);
}

TEST(CountedStream, IsCountedRoughlyWhereOneEventIsVeryLong) {
  const std::string text(64 << 10, 'a');
  EXPECT_EQ(counted_delta({{"content", text}}), tokens_of(text));
  EXPECT_EQ(counted_delta({{"content", text + "aaaa"}}), (text.size() + 4) / 4);
}

TEST(CountedStream, GivesWayToWhatTheProviderSays) {
  StreamTracker tracker(Route::kChatCompletions, 1, kKeep, &model());
  replay(tracker, {chunk(delta(R"("content":"some words")")) +
                   chunk("", R"(,"usage":{"prompt_tokens":3,"completion_tokens":9})")});
  EXPECT_EQ(in_short(tracker.usage()), "measured 3/9");
}

}  // namespace
}  // namespace penstock::openai
