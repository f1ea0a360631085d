#include "openai/stream_tracker.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "openai/replay.h"

namespace penstock::openai {
namespace {

constexpr auto kKeep = StreamTracker::UsageChunk::kKeep;
const std::string kDone = "data: [DONE]\n\n";
const std::string kText = chunk(delta(R"("content":"a")"));
const std::string kStop = chunk(delta("", R"("stop")"));

struct Case {
  const char* name;
  std::string stream;
  bool complete = false;
  bool failed = false;
  std::string usage = "unknown -/-";
  Route route = Route::kChatCompletions;
  std::uint32_t choices = 1;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class Streams : public testing::TestWithParam<Case> {
 protected:
  static void expect_outcome(std::size_t piece_size) {
    const Case& c = GetParam();
    StreamTracker tracker(c.route, c.choices, kKeep);
    EXPECT_EQ(replay(tracker, pieces_of(c.stream, piece_size)), c.stream);
    EXPECT_EQ(tracker.complete(), c.complete);
    EXPECT_EQ(tracker.failed(), c.failed);
    EXPECT_EQ(in_short(tracker.usage()), c.usage);
  }
};

TEST_P(Streams, EndAndUsageAreRead) {
  expect_outcome(GetParam().stream.size());
}

TEST_P(Streams, DoNotDependOnHowTheyAreCut) {
  for (const std::size_t size : {1U, 2U, 7U, 64U}) expect_outcome(size);
}

std::string finish(int index, std::string_view reason) {
  return chunk(R"({"index":)" + std::to_string(index) + R"(,"delta":{},"finish_reason":)" +
               std::string(reason) + "}");
}

std::string typed(std::string_view type, std::string_view more = {}) {
  return "event: " + std::string(type) + "\n" +
         event_of(R"({"type":")" + std::string(type) + "\"" + std::string(more) + "}");
}

INSTANTIATE_TEST_SUITE_P(
    Ends, Streams,
    testing::Values(
        Case{"CutBeforeTheEnd", kText, false, false, "estimated -/1"},
        Case{"Done", kText + kDone, true, false, "estimated -/1"},
        Case{"DoneWithoutABlankLine", kText + "data: [DONE]", true, false, "estimated -/1"},
        Case{"DoneWithoutASpace", "data:[DONE]\r\n\r\n:\n\n", true},
        Case{"DoneInsideText", chunk(delta(R"("content":"[DONE]")")), false, false,
             "estimated -/1"},
        Case{"FinishWithoutDone", kText + kStop, true, false, "estimated -/1"},
        Case{"FinishWithTheLastText", chunk(delta(R"("content":"a")", R"("length")")), true, false,
             "estimated -/1"},
        Case{"FinishWithoutAnIndex", chunk(R"({"delta":{},"finish_reason":"stop"})"), true},
        Case{"FinishWithSpacesAndOtherOrder",
             event_of("{ \"choices\" :\t[ { \"finish_reason\" : \"stop\" , \"index\" : 0 } ] }"),
             true},
        Case{"FinishInSeveralDataLines",
             "data: {\"choices\":[{\"index\":0,\ndata: \"finish_reason\":\"stop\"}]}\n\n", true},
        Case{"FinishWithAnEscapedKey", event_of(R"({"choices":[{"finish\u005freason":"stop"}]})"),
             true},
        Case{"EmptyReasonIsNone", chunk(delta("", R"("")"))},
        Case{"FinishInsideText",
             chunk(delta(R"("content":"\"finish_reason\":\"stop\",\"error\":{}")")), false, false,
             "estimated -/1"},
        Case{"FinishOutsideTheChoices", event_of(R"({"finish_reason":"stop","choices":[]})")},
        Case{"OneOfTwoChoices", finish(0, R"("stop")"), false, false, "unknown -/-",
             Route::kChatCompletions, 2},
        Case{"OneOfTwoChoicesTwice", finish(0, R"("stop")") + finish(0, R"("stop")"), false, false,
             "unknown -/-", Route::kChatCompletions, 2},
        Case{"BothChoices", finish(1, R"("stop")") + finish(0, R"("length")"), true, false,
             "unknown -/-", Route::kChatCompletions, 2},
        Case{"BothChoicesInOneEvent",
             chunk(R"({"index":1,"finish_reason":"stop"},{"index":0,"finish_reason":"stop"})"),
             true, false, "unknown -/-", Route::kChatCompletions, 2},
        Case{"ForeignIndex", finish(7, R"("stop")")}, Case{"AbsurdIndex", finish(-1, R"("stop")")},
        Case{"MoreChoicesThanAreTracked", finish(0, R"("stop")"), false, false, "unknown -/-",
             Route::kCompletions, 4'000'000'000},
        Case{"MoreChoicesThanAreTrackedDone", finish(0, R"("stop")") + kDone, true, false,
             "unknown -/-", Route::kCompletions, 4'000'000'000}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Errors, Streams,
    testing::Values(
        Case{"ErrorObject", kText + event_of(R"({"error":{"message":"no"}})"), false, true,
             "estimated -/1"},
        Case{"ErrorText", event_of(R"({"error":"no"})"), false, true},
        Case{"ErrorThenDone", event_of(R"({"error":{}})") + kDone, true, true},
        Case{"ErrorThatIsNull", chunk(delta(R"("content":"a")"), R"(,"error":null)"), false, false,
             "estimated -/1"},
        Case{"ErrorOfADelta", chunk(delta(R"("error":{"message":"no"})"))},
        Case{"EventNamedError", "event: error\n" + event_of(R"({"message":"no"})"), false, true},
        Case{"NotJson", event_of("{\"error\":") + event_of("nonsense") + kDone, true},
        Case{"NoObject", event_of("[1]") + event_of("\"error\"") + event_of("null")},
        Case{"NestedTooDeep", event_of(std::string(100'000, '['))},
        Case{"CommentsAndOtherFields", ": ping\n\nid: 5\n\nretry: 1\n\nevent: x\n\n" + kStop, true},
        Case{"DataOfNoBytes", "data:\n\ndata\n\n" + kStop, true}),
    [](const auto& test) { return std::string(test.param.name); });

std::string with_usage(std::string_view usage) {
  return chunk("", R"(,"usage":)" + std::string(usage));
}

INSTANTIATE_TEST_SUITE_P(
    Usage, Streams,
    testing::Values(
        Case{"OfTheProvider",
             kText + kStop + with_usage(R"({"prompt_tokens":9,"completion_tokens":2})"), true,
             false, "measured 9/2"},
        Case{"LastOneCounts",
             with_usage(R"({"prompt_tokens":9,"completion_tokens":1})") +
                 with_usage(R"({"prompt_tokens":9,"completion_tokens":5})"),
             false, false, "measured 9/5"},
        Case{"WithTheChoices",
             chunk(delta("", R"("stop")"), R"(,"usage":{"prompt_tokens":3,"completion_tokens":4})"),
             true, false, "measured 3/4"},
        Case{"BeforeTheChoices",
             event_of(R"({"usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[]})"), false,
             false, "measured 3/4"},
        Case{"NullIsNone", kText + chunk("", R"(,"usage":null)"), false, false, "estimated -/1"},
        Case{"Negative", kText + with_usage(R"({"prompt_tokens":-1,"completion_tokens":2})"), false,
             false, "estimated -/1"},
        Case{"Absurd",
             kText + with_usage(R"({"prompt_tokens":1,"completion_tokens":9223372036854775808})"),
             false, false, "estimated -/1"},
        Case{"AbsurdAfterAGoodOne",
             with_usage(R"({"prompt_tokens":3,"completion_tokens":4})") +
                 with_usage(R"({"prompt_tokens":3,"completion_tokens":-4})"),
             false, false, "measured 3/4"},
        Case{"InsideText", chunk(delta(R"("content":"\"usage\":{\"prompt_tokens\":1}")")), false,
             false, "estimated -/1"},
        Case{"OfAChoice",
             chunk(R"({"index":0,"usage":{"prompt_tokens":3,"completion_tokens":4}})")},
        Case{"OfAnotherType", kText + with_usage("7"), false, false, "estimated -/1"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Estimates, Streams,
    testing::Values(
        Case{"RoleAloneIsNoToken",
             chunk(delta(R"("role":"assistant","content":"","refusal":null)"))},
        Case{"Refusal", chunk(delta(R"("refusal":"no")")), false, false, "estimated -/1"},
        Case{"ReasoningContent", chunk(delta(R"("content":null,"reasoning_content":"hm")")), false,
             false, "estimated -/1"},
        Case{"Reasoning", chunk(delta(R"("reasoning":"hm")")), false, false, "estimated -/1"},
        Case{"ContentParts", chunk(delta(R"("content":[{"type":"text","text":"a"}])")), false,
             false, "estimated -/1"},
        Case{"NoContentParts", chunk(delta(R"("content":[])"))},
        Case{"ToolArguments",
             chunk(delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"a"}}])")), false,
             false, "estimated -/1"},
        Case{"ToolName",
             chunk(delta(R"("tool_calls":[{"id":"1","function":{"name":"f","arguments":""}}])")),
             false, false, "estimated -/1"},
        Case{"CustomToolInput", chunk(delta(R"("tool_calls":[{"custom":{"input":"x"}}])")), false,
             false, "estimated -/1"},
        Case{"FunctionCall", chunk(delta(R"("function_call":{"arguments":"x"})")), false, false,
             "estimated -/1"},
        Case{"Transcript", chunk(delta(R"("audio":{"transcript":"x"})")), false, false,
             "estimated -/1"},
        Case{"AudioAlone", chunk(delta(R"("audio":{"data":"QUJD"})"))},
        Case{"EachChoiceCounts",
             chunk(delta(R"("content":"a")") + "," + R"({"index":1,"delta":{"content":"b"}})"),
             false, false, "estimated -/2", Route::kChatCompletions, 2},
        Case{"LegacyText", event_of(R"({"choices":[{"text":"a","index":0,"finish_reason":null}]})"),
             false, false, "estimated -/1", Route::kCompletions}),
    [](const auto& test) { return std::string(test.param.name); });

const std::string kResponseUsage =
    R"(,"response":{"usage":{"input_tokens":5,"output_tokens":6,"total_tokens":11}})";

INSTANTIATE_TEST_SUITE_P(
    Typed, Streams,
    testing::Values(
        Case{"Completed",
             typed("response.created", R"(,"response":{"usage":null,"error":null})") +
                 typed("response.output_text.delta", R"(,"delta":"a")") +
                 typed("response.completed", kResponseUsage),
             true, false, "measured 5/6", Route::kResponses},
        Case{"Incomplete", typed("response.incomplete", kResponseUsage), true, false,
             "measured 5/6", Route::kResponses},
        Case{"Failed", typed("response.failed", kResponseUsage), true, true, "measured 5/6",
             Route::kResponses},
        Case{"ErrorEvent", typed("error", R"(,"message":"no")"), true, true, "unknown -/-",
             Route::kResponses},
        Case{"TypeOnlyInTheEventName",
             "event: response.completed\n" + event_of(R"({"response":{"usage":null}})"), true,
             false, "unknown -/-", Route::kResponses},
        Case{"TypeOnlyInTheData", event_of(R"({"type":"response.completed"})"), true, false,
             "unknown -/-", Route::kResponses},
        Case{"CutAfterADelta", typed("response.function_call_arguments.delta", R"(,"delta":"{")"),
             false, false, "estimated -/1", Route::kResponses},
        Case{"DoneIsNoEndOfAResponse", kDone, false, false, "unknown -/-", Route::kResponses},
        Case{"DoneTextDoesNotCountAgain", typed("response.output_text.done", R"(,"text":"abc")"),
             false, false, "unknown -/-", Route::kResponses},
        Case{"Image",
             typed("image_generation.partial_image") +
                 typed("image_generation.completed",
                       R"(,"usage":{"input_tokens":1,"output_tokens":2})"),
             true, false, "measured 1/2", Route::kImages},
        Case{"Speech",
             typed("speech.audio.done", R"(,"usage":{"input_tokens":1,"output_tokens":2})"), true,
             false, "measured 1/2", Route::kAudio},
        Case{"Transcription", typed("transcript.text.delta", R"(,"delta":"a")"), false, false,
             "estimated -/1", Route::kAudio},
        Case{"TypesMeanNothingInAChat", typed("response.completed", kResponseUsage)}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(StreamTracker, ReadsAStreamThatIsCutAtAnyByte) {
  const std::string stream = "\xEF\xBB\xBF: hi\r\n\r\n" + kText + kStop +
                             with_usage(R"({"prompt_tokens":9,"completion_tokens":2})") + kDone;
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    StreamTracker tracker(Route::kChatCompletions, 1, kKeep);
    EXPECT_EQ(replay(tracker, {stream.substr(0, cut), stream.substr(cut)}), stream);
    EXPECT_TRUE(tracker.complete() && !tracker.failed());
    EXPECT_EQ(in_short(tracker.usage()), "measured 9/2") << cut;
  }
}

TEST(StreamTracker, KnowsNothingAtFirst) {
  const StreamTracker tracker(Route::kChatCompletions, 0, kKeep);
  EXPECT_FALSE(tracker.complete());
  EXPECT_FALSE(tracker.failed());
  EXPECT_EQ(in_short(tracker.usage()), "unknown -/-");
}

}  // namespace
}  // namespace penstock::openai
