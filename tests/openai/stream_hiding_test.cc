#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "openai/replay.h"
#include "openai/stream_tracker.h"

namespace penstock::openai {
namespace {

using UsageChunk = StreamTracker::UsageChunk;

std::string hidden(const std::string& stream, Route route = Route::kChatCompletions) {
  StreamTracker tracker(route, 1, UsageChunk::kHide);
  return replay(tracker, {stream});
}

struct Case {
  const char* name;
  std::string from;
  std::string to;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class Hiding : public testing::TestWithParam<Case> {};

TEST_P(Hiding, ShowsTheClientWhatItAskedFor) {
  const auto& [name, from, to] = GetParam();
  EXPECT_EQ(hidden(from), to);

  StreamTracker keeping(Route::kChatCompletions, 1, UsageChunk::kKeep);
  EXPECT_EQ(replay(keeping, {from}), from) << "a client that asked gets every byte";
}

constexpr std::string_view kUsage = R"({"prompt_tokens":9,"completion_tokens":2})";
const std::string kUsageOnly = chunk("", ",\"usage\":" + std::string(kUsage));

INSTANTIATE_TEST_SUITE_P(
    Usage, Hiding,
    testing::Values(
        Case{"UsageOnlyEvent", "a:b\n\n" + kUsageOnly + ": c\n\n", "a:b\n\n: c\n\n"},
        Case{"UsageOnlyEventInAnyOrder",
             event_of("{ \"usage\" : " + std::string(kUsage) + " , \"choices\" : [ ] }"), ""},
        Case{"UsageOnlyEventWithAbsurdNumbers", chunk("", R"(,"usage":{"prompt_tokens":-1})"), ""},
        Case{"UsageOnlyEventWithAnError", chunk("", R"(,"usage":{},"error":{})"),
             chunk("", R"(,"usage":{},"error":{})")},
        Case{"NullAtTheEnd", event_of(R"({"choices":[{}],"usage":null})"),
             event_of(R"({"choices":[{}]})")},
        Case{"NullAtTheStart", event_of(R"({"usage":null,"choices":[{}]})"),
             event_of(R"({"choices":[{}]})")},
        Case{"NullInTheMiddle", event_of(R"({"a":1,"usage":null,"choices":[{}]})"),
             event_of(R"({"a":1,"choices":[{}]})")},
        Case{"NullBeforePadding", event_of(R"({"choices":[{}],"usage":null,"obfuscation":"aB"})"),
             event_of(R"({"choices":[{}],"obfuscation":"aB"})")},
        Case{"NullBeforeBrackets", event_of(R"({"choices":[{}],"usage":null,"a":"}","b":{}})"),
             event_of(R"({"choices":[{}],"a":"}","b":{}})")},
        Case{"NullAlone", event_of(R"({"usage":null})"), event_of("{}")},
        Case{"NullWithSpaces", event_of("{ \"choices\" : [{}] ,\t\"usage\" : null , \"x\" : 1 }"),
             event_of("{ \"choices\" : [{}]  , \"x\" : 1 }")},
        Case{"NullWithAnEscapedKey", event_of(R"({"choices":[{}],"us\u0061ge":null})"),
             event_of(R"({"choices":[{}]})")},
        Case{"NullOfAnEventWithoutChoices", event_of(R"({"choices":[],"usage":null})"),
             event_of(R"({"choices":[]})")},
        Case{"NullBehindAByteOrderMark", "\xEF\xBB\xBF" + event_of(R"({"a":1,"usage":null})"),
             "\xEF\xBB\xBF" + event_of(R"({"a":1})")},
        Case{"NullInSeveralDataLines",
             "data: {\"a\":1,\ndata:\"usage\":null,\r\ndata: \"b\":2}\n\n",
             "data: {\"a\":1,\r\ndata: \"b\":2}\n\n"},
        Case{"NullBetweenOtherFields", "id: 1\ndata: {\"a\":1,\"usage\":null}\nevent: x\n\n",
             "id: 1\ndata: {\"a\":1}\nevent: x\n\n"},
        Case{"NullOfAChoiceStays", event_of(R"({"choices":[{"usage":null}]})"),
             event_of(R"({"choices":[{"usage":null}]})")},
        Case{"NullOfAChoiceStaysBesideTheOther",
             event_of(R"({"choices":[{"usage":null}],"usage":null})"),
             event_of(R"({"choices":[{"usage":null}]})")},
        Case{"TextStays", chunk(delta(R"("content":",\"usage\":null")")),
             chunk(delta(R"("content":",\"usage\":null")"))},
        Case{"UsageWithChoicesStays", chunk(delta(""), R"(,"usage":{"prompt_tokens":1})"),
             chunk(delta(""), R"(,"usage":{"prompt_tokens":1})")},
        Case{"UsageWithoutChoicesStays", event_of(R"({"usage":{"prompt_tokens":1}})"),
             event_of(R"({"usage":{"prompt_tokens":1}})")},
        Case{"BrokenJsonStays", event_of(R"({"choices":[,"usage":null})"),
             event_of(R"({"choices":[,"usage":null})")},
        Case{"DoneStays", "data: [DONE]\n\n", "data: [DONE]\n\n"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(StreamTracker, RemembersTheUsageThatItHides) {
  StreamTracker tracker(Route::kChatCompletions, 1, UsageChunk::kHide);
  EXPECT_EQ(replay(tracker, {kUsageOnly}), "");
  EXPECT_EQ(in_short(tracker.usage()), "measured 9/2");
}

TEST(StreamTracker, HidesNothingOfAResponse) {
  const std::string stream = event_of(R"({"type":"response.created","usage":null})") + kUsageOnly;
  EXPECT_EQ(hidden(stream, Route::kResponses), stream);
}

TEST(StreamTracker, HidesTheSameHoweverTheStreamIsCut) {
  const std::string stream = event_of(R"({"choices":[{}],"usage":null})") + kUsageOnly +
                             "data: {\"a\":1,\r\ndata: \"usage\":null}\r\n\r\n:\n\n";
  const std::string whole = hidden(stream);
  EXPECT_NE(whole, stream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    StreamTracker tracker(Route::kChatCompletions, 1, UsageChunk::kHide);
    EXPECT_EQ(replay(tracker, {stream.substr(0, cut), stream.substr(cut)}), whole) << cut;
  }
}

TEST(StreamTracker, MakesNoValidEventOfADamagedStreamInvalid) {
  const std::string json = R"({"a":[{"usage":null}],"usage":null,"choices":[{"x":"\"usage\":"}]})";
  constexpr std::string_view kDamage = "{}[]\",:\\nul0 ";
  std::mt19937 random(1);
  int cut = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = json;
    damaged.replace(random() % json.size(), random() % 2, 1, kDamage[random() % kDamage.size()]);
    const std::string client = hidden(event_of(damaged));
    if (client == event_of(damaged)) continue;
    ++cut;
    ASSERT_TRUE(nlohmann::json::accept(damaged)) << damaged;
    const auto seen = nlohmann::json::parse(client.substr(6));
    auto expected = nlohmann::json::parse(damaged);
    EXPECT_EQ(expected.erase("usage"), 1U);
    ASSERT_EQ(seen, expected) << damaged;
  }
  EXPECT_GT(cut, 1000);
}

}  // namespace
}  // namespace penstock::openai
