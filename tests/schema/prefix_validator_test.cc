#include "schema/prefix_validator.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/prefix.h"
#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

using testing::HasSubstr;

struct Good {
  std::string schema;
  std::string text;
};

void PrintTo(const Good& good, std::ostream* out) {
  *out << good.schema << " <- " << good.text;
}

class PrefixOfGoodText : public testing::TestWithParam<Good> {};

TEST_P(PrefixOfGoodText, PassesHoweverItIsCut) {
  const Schema schema = compiled(GetParam().schema);
  const PrefixPlan plan(schema.plan());
  const std::string& text = GetParam().text;
  ASSERT_TRUE(fits_whole(schema, text));
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const Reading reading = read_prefix(plan, text, step);
    EXPECT_FALSE(reading.violation) << reading.violation->message << " by " << step;
  }
}

const std::string kTree =
    R"({"type":"object","properties":{"v":{"type":"integer"},"kids":{"type":"array",)"
    R"("items":{"$ref":"#"}}},"required":["v"],"additionalProperties":false})";
const std::string kShapes =
    R"({"oneOf":[{"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"number"}},)"
    R"("required":["kind","r"],"additionalProperties":false},)"
    R"({"type":"object","properties":{"kind":{"const":"cube"},"a":{"type":"integer"}},)"
    R"("required":["kind","a"],"additionalProperties":false},{"type":"null"}]})";

INSTANTIATE_TEST_SUITE_P(
    Table, PrefixOfGoodText,
    testing::Values(
        Good{"true", R"( {"a":[1,2.5e3,"x",true,null,{}]} )"}, Good{"{}", "12"},
        Good{R"({"type":"integer"})", "1.0"}, Good{R"({"type":"integer"})", "12e1"},
        Good{R"({"enum":[1,"a",null,true,[1],{"b":2}]})", R"({"b":2})"},
        Good{R"({"enum":[1,12,"a","ab"]})", R"("ab")"}, Good{R"({"enum":["a","ab"]})", R"("a")"},
        Good{R"({"enum":[120]})", "1.2e2"}, Good{R"({"const":"\u00e9\n"})", R"("\u00e9\n")"},
        Good{R"({"const":"x"})", R"("\u0078")"},
        Good{R"({"maxLength":2,"minLength":2})", R"("\ud83d\ude00é")"},
        Good{R"({"pattern":"^a+$","type":"string"})", R"("aaa")"}, Good{R"({"minimum":10})", "10"},
        Good{R"({"maximum":10,"exclusiveMinimum":-1})", "-0"},
        Good{R"({"multipleOf":0.01})", "4.35"}, Good{R"({"not":{"type":"string"}})", "1"},
        Good{R"({"if":{"type":"string"},"then":{"minLength":1}})", R"("a")"},
        Good{R"({"contains":{"const":1},"uniqueItems":true})", "[2,1]"},
        Good{R"({"prefixItems":[{"type":"string"},{"type":"null"}],"items":false})",
             R"(["a",null])"},
        Good{R"({"maxItems":2,"items":{"type":"array","maxItems":0}})", "[[],[]]"},
        Good{R"({"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false})",
             R"({"xyz":1})"},
        Good{R"({"propertyNames":{"maxLength":1}})", R"({"a":1})"},
        Good{R"({"dependentRequired":{"a":["b"]}})", R"({"a":1,"b":2})"},
        Good{R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false})",
             R"({"a":1})"},
        Good{kTree, R"({"v":1,"kids":[{"v":2},{"kids":[],"v":3}]})"},
        Good{kShapes, R"({"kind":"cube","a":1})"}, Good{kShapes, R"({"r":1.5,"kind":"circle"})"},
        Good{kShapes, "null"},
        Good{R"({"anyOf":[{"type":"string","maxLength":1},{"const":"long"}]})", R"("long")"}));

struct Bad {
  std::string schema;
  std::string text;
  std::uint64_t offset;  // of the byte that is refused
  std::string words;     // of the message
};

void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.schema << " <- " << bad.text;
}

class PrefixOfBadText : public testing::TestWithParam<Bad> {};

TEST_P(PrefixOfBadText, IsRefusedAtTheSameByteHoweverItIsCut) {
  const Schema schema = compiled(GetParam().schema);
  const PrefixPlan plan(schema.plan());
  const std::string& text = GetParam().text;
  EXPECT_FALSE(fits_whole(schema, text));
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const Reading reading = read_prefix(plan, text, step);
    ASSERT_TRUE(reading.violation) << "by " << step;
    EXPECT_EQ(reading.offset, GetParam().offset) << "by " << step;
    EXPECT_THAT(reading.violation->instance_path + ": " + reading.violation->message,
                HasSubstr(GetParam().words));
  }
}

const std::string kClosed = R"({"properties":{"name":{"type":"string"},"nation":true,"n":false},)"
                            R"("required":["name"],"additionalProperties":false})";

INSTANTIATE_TEST_SUITE_P(
    Grammar, PrefixOfBadText,
    testing::Values(Bad{"true", "Sure", 0, "no JSON text goes on like this (at byte 0)"},
                    Bad{"true", "{'a':1}", 1, "no JSON"}, Bad{"true", "[1] x", 4, "something"},
                    Bad{"true", R"("\ud83dx")", 7, "no JSON"}, Bad{"true", "[1", 2, "no JSON"},
                    Bad{"true", std::string(65, '['), 64, "nested too deep"}));
INSTANTIATE_TEST_SUITE_P(
    Values, PrefixOfBadText,
    testing::Values(
        Bad{R"({"type":"object"})", "[1]", 0, ": expected an object, found an array"},
        Bad{R"({"type":["string","null"]})", "12", 0, "expected a string or null, found a number"},
        Bad{R"({"type":"integer"})", "1.5", 3, "expected an integer, found 1.5"},
        Bad{R"({"type":"integer"})", "1.5 ", 3, "expected an integer, found 1.5"},
        Bad{"false", "1", 0, "no value is allowed here"},
        Bad{R"({"const":true})", "false", 0, "expected true, found false"},
        Bad{R"({"enum":["low","high"]})", R"("huge")", 2, R"(one of "low" or "high")"},
        Bad{R"({"enum":["low","high"]})", R"("lo")", 3, R"(one of "low" or "high")"},
        Bad{R"({"enum":["low","high"]})", R"("lower")", 4, "found another beginning"},
        Bad{R"({"enum":["low","high"]})", "1", 0, "found a number"},
        Bad{R"({"enum":[1,2]})", "3 ", 1, "expected one of 1 or 2, found 3"},
        Bad{R"({"maxLength":2})", R"("abc")", 3, "at most 2 characters, found 3"},
        Bad{R"({"maxLength":2})", R"("\u00e9éx")", 9, "at most 2 characters"},
        Bad{R"({"minLength":2})", R"("\ud83d\ude00")", 13, "at least 2 characters, found 1"},
        Bad{R"({"pattern":"^a"})", R"("ba")", 3, "expected a string that matches ^a"},
        Bad{R"({"minimum":10})", "9", 1, "of at least 10"},
        Bad{R"({"exclusiveMaximum":10})", "10,", 2, "below 10"},
        Bad{R"({"multipleOf":0.01})", "4.355", 5, "a multiple of 0.01"}));
INSTANTIATE_TEST_SUITE_P(
    Containers, PrefixOfBadText,
    testing::Values(
        Bad{R"({"items":{"type":"integer"}})", R"([1,"a"])", 3, "[1]: expected an integer"},
        Bad{R"({"maxItems":1})", "[1,2]", 2, "at most 1 item"},
        Bad{R"({"maxItems":0})", "[1]", 1, "at most 0 items"},
        Bad{R"({"minItems":2})", "[1]", 2, "at least 2 items"},
        Bad{R"({"prefixItems":[true],"items":false})", "[1,2]", 2, "no item is allowed at 1"},
        Bad{kClosed, R"({"nose":1})", 3, R"(no further field that begins with "no" is known here)"},
        Bad{kClosed, R"({"n":1})", 3, R"(no field "n" is known here)"},
        Bad{kClosed, R"({"name":"a","name":"b"})", 15, R"(that begins with "nam")"},
        Bad{R"({"properties":{"a":true}})", R"({"a":1,"a":2})", 9, "the field stands there twice"},
        Bad{kClosed, R"({"nation":1})", 11, R"(the field "name" is required)"},
        Bad{kClosed, R"({"name":"a","nation":1,"x":1})", 22, "no further field is known here"},
        Bad{R"({"additionalProperties":false})", R"({"a":1})", 1, "no further field"},
        Bad{R"({"additionalProperties":{"type":"null"}})", R"({"a":1})", 5, "a: expected null"},
        Bad{R"({"patternProperties":{"^x":true},"additionalProperties":false})", R"({"yx":1})", 4,
            R"(no field "yx" is known here)"},
        Bad{R"({"patternProperties":{"x":{"type":"null"}}})", R"({"yx":1})", 6, "expected null"},
        Bad{R"({"maxProperties":1})", R"({"a":1,"b":2})", 6, "at most 1 field"},
        Bad{R"({"minProperties":1})", "{}", 1, "expected a non-empty object"},
        Bad{kTree, R"({"v":1,"kids":[{"v":2},{"v":"3"}]})", 28,
            "kids[1].v: expected an integer, found a string"}));
INSTANTIATE_TEST_SUITE_P(
    Combinations, PrefixOfBadText,
    testing::Values(
        Bad{R"({"allOf":[{"type":"object"},{"required":["a"]}]})", "{}", 1, "is required"},
        Bad{R"({"$ref":"#/$defs/n","$defs":{"n":{"type":"null"}}})", "1", 0, "expected null"},
        Bad{R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1", 0, "none of the forms"},
        Bad{R"({"anyOf":[{"const":"ab"},{"const":"ac"}]})", R"("ad")", 2, "none of the forms"},
        Bad{R"({"anyOf":[{"const":"ab"},{"enum":["abc"]}]})", R"("abd")", 3, "none of the"},
        Bad{kShapes, R"({"kind":"cylinder"})", 10, "kind: none of the forms"},
        Bad{kShapes, R"({"kind":"circle","a":1})", 18, "none of the forms"},
        Bad{kShapes, R"({"r":1,"kind":"cu"})", 16, "kind: "},
        Bad{R"({"items":{"anyOf":[{"type":"null"},{"items":{"type":"null"}}]}})", "[null,[1]]", 7,
            "[1][0]: "}));

TEST(PrefixValidator, LeavesWhatNeedsAWholeValueToTheWholeText) {
  for (const char* schema :
       {R"({"not":{"const":1}})", R"({"oneOf":[true,true]})", R"({"items":{"not":{}}})",
        R"({"if":{"type":"integer"},"then":false})"}) {
    const Schema whole = compiled(schema);
    EXPECT_FALSE(fits_whole(whole, schema[2] == 'i' && schema[3] == 't' ? "[1]" : "1")) << schema;
    EXPECT_FALSE(read_prefix(PrefixPlan(whole.plan()), "1", 1).violation) << schema;
  }
}

// Each level of the text doubles the branches that are open.
TEST(PrefixValidator, BoundsTheBranchesThatItWatches) {
  const Schema schema =
      compiled(R"({"anyOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}},{"type":"null"}]})");
  const PrefixPlan plan(schema.plan());
  std::string text(60, '[');
  text += "1" + std::string(60, ']');
  const Reading reading = read_prefix(plan, text, 7);
  EXPECT_FALSE(reading.violation);
}

TEST(PrefixValidator, TellsWhereAndWhat) {
  const Schema schema = compiled(kTree);
  const PrefixPlan plan(schema.plan());
  const Reading reading = read_prefix(plan, R"({"v":1,"kids":[{"v":null)", 3);
  ASSERT_TRUE(reading.violation);
  EXPECT_EQ(reading.violation->instance_pointer, "/kids/0/v");
  EXPECT_EQ(reading.violation->schema_path, "/properties/v/type");
  EXPECT_EQ(reading.violation->keyword, "type");
  EXPECT_EQ(reading.violation->expected, "an integer");
  EXPECT_EQ(reading.violation->found, "null");
}

}  // namespace
}  // namespace penstock::schema::test
