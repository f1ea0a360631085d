#include "interceptors/log/redact.h"

#include <string>

#include <gtest/gtest.h>

namespace penstock::exchange_log {
namespace {

struct Case {
  std::string json;
  std::string expected;
};
class Redact : public testing::TestWithParam<Case> {};

TEST_P(Redact, KeepsStructureAndHidesTexts) {
  EXPECT_EQ(redact(GetParam().json, 1000), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Structure, Redact,
    testing::Values(Case{R"("text")", R"("[4 chars]")"}, Case{"12.50", "12.50"},
                    Case{R"({"a" : "x", "b":[1,true,null,"yy"]})",
                         R"({"a" : "[1 chars]", "b":[1,true,null,"[2 chars]"]})"},
                    Case{R"({"a":{"b":{"c":""}}})", R"({"a":{"b":{"c":"[0 chars]"}}})"},
                    Case{"{}", "{}"}));

INSTANTIATE_TEST_SUITE_P(
    WordsOfTheApi, Redact,
    testing::Values(
        Case{R"({"model":"m","role":"r","type":"t","object":"o","finish_reason":"f","id":"i"})",
             R"({"model":"m","role":"r","type":"t","object":"o","finish_reason":"f","id":"i"})"},
        // Only a text that is the value itself, not one further in or further on.
        Case{R"({"type":["secret"],"x":"secret"})", R"({"type":["[6 chars]"],"x":"[6 chars]"})"},
        Case{R"({"id":{"a":"secret"}})", R"({"id":{"a":"[6 chars]"}})"},
        Case{R"({"id":1,"a":["secret"]})", R"({"id":1,"a":["[6 chars]"]})"},
        Case{R"(["id","secret"])", R"(["[2 chars]","[6 chars]"])"},
        Case{R"({"my_id":"secret"})", R"({"my_id":"[6 chars]"})"},
        Case{R"({"\u0069d":"secret"})", R"({"\u0069d":"[6 chars]"})"},
        Case{R"({"id" : "i" , "a" : "s"})", R"({"id" : "i" , "a" : "[1 chars]"})"}));

INSTANTIATE_TEST_SUITE_P(Characters, Redact,
                         testing::Values(Case{R"("a\"b")", R"("[3 chars]")"},
                                         Case{R"("a\\")", R"("[2 chars]")"},
                                         Case{R"("\\\"")", R"("[2 chars]")"},
                                         Case{R"("\u00e4\n")", R"("[2 chars]")"},
                                         Case{R"("\ud83d\ude00")", R"("[1 chars]")"},
                                         Case{R"("\uD83D\uDE00x")", R"("[2 chars]")"},
                                         Case{"\"\xc3\xa4\xf0\x9f\x98\x80\"", R"("[2 chars]")"},
                                         Case{R"({"a\":":"b"})", R"({"a\":":"[1 chars]"})"},
                                         Case{R"(["a:",":"])", R"(["[2 chars]","[1 chars]"])"}));

TEST(RedactBound, StopsSoonAfterTheBound) {
  const std::string long_list = "[" + std::string(100'000, '1') + "]";
  EXPECT_EQ(redact(long_list, 10), "[1111111111");
}

}  // namespace
}  // namespace penstock::exchange_log
