#include "openai/usage.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "json/padded.h"
#include "openai/replay.h"

namespace penstock::openai {
namespace {

std::string usage_of(std::string_view answer) {
  const std::string text = json::padded(answer);
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << answer;
  return in_short(read_usage(*document));
}

TEST(ReadUsage, ReadsTheNumbersOfEachApi) {
  EXPECT_EQ(usage_of(R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,
                         "total_tokens":11,"prompt_tokens_details":{"cached_tokens":4}}})"),
            "measured 9(4)/2");
  EXPECT_EQ(usage_of(R"({"usage":{"prompt_tokens":8,"total_tokens":8}})"), "measured 8/-");
  EXPECT_EQ(usage_of(R"({"usage":{"input_tokens":3,"output_tokens":4}})"), "measured 3/4");
  EXPECT_EQ(usage_of(R"({"usage":{"input_tokens":3.0,"output_tokens":1099511627776}})"),
            "measured 3/1099511627776");
  EXPECT_EQ(usage_of(R"({"usage":{"prompt_tokens":3,"completion_tokens":null}})"), "measured 3/-");
}

TEST(ReadUsage, BelievesNoAbsurdNumber) {
  for (const std::string_view number :
       {"-1", "1.5", "1099511627777", "9223372036854775808", "1e300", "-0.5", "\"3\"", "[]"}) {
    const std::string count(number);
    EXPECT_EQ(usage_of(R"({"usage":{"prompt_tokens":1,"completion_tokens":)" + count + "}}"),
              "unknown -/-");
    EXPECT_EQ(usage_of(R"({"usage":{"input_tokens":)" + count + R"(,"output_tokens":1}})"),
              "unknown -/-");
  }
}

TEST(ReadUsage, ReadsTheDetailsOfEachApiWhereverTheyStand) {
  EXPECT_EQ(usage_of(R"({"usage":{"completion_tokens_details":{"reasoning_tokens":64,
                         "audio_tokens":0},"prompt_tokens_details":{"cached_tokens":1920},
                         "prompt_tokens":2006,"completion_tokens":300}})"),
            "measured 2006(1920)/300(64)");
  EXPECT_EQ(usage_of(R"({"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":0},
                         "output_tokens":87,"output_tokens_details":{"reasoning_tokens":87}}})"),
            "measured 36(0)/87(87)");
}

TEST(ReadUsage, LeavesAbsurdDetailsOutAlone) {
  for (const std::string_view number : {"-1", "1.5", "10", "1e300", "\"3\"", "[]", "null"}) {
    const std::string count(number);
    EXPECT_EQ(
        usage_of(R"({"usage":{"prompt_tokens":9,"completion_tokens":9,
                           "prompt_tokens_details":{"cached_tokens":)" +
                 count + R"(},"completion_tokens_details":{"reasoning_tokens":)" + count + "}}}"),
        "measured 9/9");
  }
  EXPECT_EQ(usage_of(R"({"usage":{"prompt_tokens":9,"prompt_tokens_details":[4],
                         "output_tokens_details":{"reasoning_tokens":1}}})"),
            "measured 9/-");
}

TEST(ReadUsage, KnowsNothingWhereNothingIsSaid) {
  for (const std::string_view answer :
       {"{}", "[]", "1", R"({"usage":null})", R"({"usage":{}})", R"({"usage":[1]})",
        R"({"usage":{"type":"duration","seconds":3}})", R"({"x":{"usage":{"prompt_tokens":1}}})"}) {
    EXPECT_EQ(usage_of(answer), "unknown -/-") << answer;
  }
}

}  // namespace
}  // namespace penstock::openai
