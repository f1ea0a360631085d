#include <string>

#include <gtest/gtest.h>

#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

struct Case {
  std::string schema;
  std::string good;
  std::string bad;
  std::string complaint;  // "path: message" about the bad one
};

class Keyword : public testing::TestWithParam<Case> {};

TEST_P(Keyword, TakesTheGoodAndExplainsTheBad) {
  const Case& test = GetParam();
  EXPECT_EQ(complaint(test.schema, test.good), "");
  EXPECT_EQ(complaint(test.schema, test.bad), test.complaint);
}

INSTANTIATE_TEST_SUITE_P(
    Types, Keyword,
    testing::Values(
        Case{R"({"type":"string"})", R"("a")", "1", ": expected a string, found a number"},
        Case{R"({"type":"null"})", "null", "false", ": expected null, found a boolean"},
        Case{R"({"type":"boolean"})", "true", "null", ": expected a boolean, found null"},
        Case{R"({"type":"object"})", "{}", "[]", ": expected an object, found an array"},
        Case{R"({"type":"array"})", "[]", "{}", ": expected an array, found an object"},
        Case{R"({"type":"number"})", "1.5", R"("1.5")", ": expected a number, found a string"},
        Case{R"({"type":"integer"})", "1.0", "1.5", ": expected an integer, found 1.5"},
        Case{R"({"type":"integer"})", "18446744073709551615", R"("1")",
             ": expected an integer, found a string"},
        Case{R"({"type":["string","array","null"]})", "null", "1",
             ": expected a string, an array or null, found a number"}));

INSTANTIATE_TEST_SUITE_P(
    Values, Keyword,
    testing::Values(
        Case{R"({"const":"a"})", R"("a")", R"("b")", R"(: expected "a", found "b")"},
        Case{R"({"const":1})", "1.0", "2", ": expected 1, found 2"},
        Case{R"({"const":[1,{"a":null}]})", R"([1.0,{"a":null}])", R"([1,{"b":null}])",
             R"(: expected [1,{"a":null}], found an array)"},
        Case{R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1})", R"({"a":1})",
             R"(: expected {"a":1,"b":2}, found an object)"},
        Case{R"({"enum":["low","high",null]})", "null", R"("huge")",
             R"(: expected one of "low", "high" or null, found "huge")"},
        Case{R"({"enum":[true,1.5]})", "1.5", "1", ": expected one of true or 1.5, found 1"},
        Case{R"({"enum":[9223372036854775807]})", "9223372036854775807", "9223372036854775806",
             ": expected 9223372036854775807, found 9223372036854775806"}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, Keyword,
    testing::Values(
        Case{R"({"minimum":0,"maximum":2})", "2", "3",
             ": expected a number between 0 and 2, found 3"},
        Case{R"({"minimum":0,"maximum":2})", "0", "-0.5",
             ": expected a number between 0 and 2, found -0.5"},
        Case{R"({"type":"integer","minimum":1})", "1", "0",
             ": expected an integer of at least 1, found 0"},
        Case{R"({"maximum":1})", "1", "1.01", ": expected a number of at most 1, found 1.01"},
        Case{R"({"exclusiveMinimum":0,"maximum":5})", "0.1", "0",
             ": expected a number above 0 and of at most 5, found 0"},
        Case{R"({"minimum":1,"exclusiveMaximum":5})", "4", "5",
             ": expected a number of at least 1 and below 5, found 5"},
        Case{R"({"minimum":3,"exclusiveMinimum":1})", "3", "2",
             ": expected a number of at least 3, found 2"},
        Case{R"({"maximum":9223372036854775807})", "9223372036854775807", "9223372036854775808",
             ": expected a number of at most 9223372036854775807, found 9223372036854775808"}));

INSTANTIATE_TEST_SUITE_P(
    Strings, Keyword,
    testing::Values(Case{R"({"minLength":1})", R"("a")", R"("")",
                         ": expected a non-empty string, found an empty string"},
                    Case{R"({"minLength":2})", R"("ab")", R"("\u00e4")",
                         ": expected a string of at least 2 characters, found 1"},
                    Case{R"({"maxLength":2})", R"("\ud83d\ude00\ud83d\ude00")", R"("abc")",
                         ": expected a string of at most 2 characters, found 3"},
                    Case{R"({"maxLength":1})", R"("")", R"("ab")",
                         ": expected a string of at most 1 character, found 2"},
                    Case{R"({"pattern":"^[0-9]+$"})", R"("42")", R"("4x")",
                         R"(: expected a string that matches ^[0-9]+$, found "4x")"},
                    Case{R"({"pattern":"b"})", R"("abc")", R"("ac")",
                         R"(: expected a string that matches b, found "ac")"}));

INSTANTIATE_TEST_SUITE_P(
    Arrays, Keyword,
    testing::Values(Case{R"({"minItems":1})", "[0]", "[]",
                         ": expected a non-empty array, found an empty array"},
                    Case{R"({"minItems":2})", "[0,0]", "[0]",
                         ": expected an array of at least 2 items, found 1"},
                    Case{R"({"maxItems":1})", "[0]", "[0,0]",
                         ": expected an array of at most 1 item, found 2"},
                    Case{R"({"items":{"type":"string"}})", R"(["a","b"])", R"(["a","b",3])",
                         "[2]: expected a string, found a number"},
                    Case{R"({"items":{"items":{"type":"null"}}})", "[[],[null]]", "[[],[null,1]]",
                         "[1][1]: expected null, found a number"}));

INSTANTIATE_TEST_SUITE_P(
    FurtherArrays, Keyword,
    testing::Values(Case{R"({"uniqueItems":true})", R"([1,"1",[1],{"a":1}])",
                         "[{\"a\":1},{\"a\":1.0}]",
                         ": expected an array of different items, found one that is there twice"},
                    Case{R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a"])",
                         R"(["a",1])", "[1]: no value is allowed here"},
                    Case{R"({"contains":{"const":1}})", "[0,1]", "[0]",
                         ": expected at least 1 item of a certain form, found none"},
                    Case{R"({"contains":{"const":1},"minContains":2,"maxContains":3})", "[1,1]",
                         "[1]", ": expected at least 2 items of a certain form, found 1"},
                    Case{R"({"contains":{"const":1},"maxContains":1})", "[1]", "[1,1]",
                         ": expected at most 1 item of a certain form, found 2"},
                    Case{R"({"prefixItems":[true],"unevaluatedItems":{"type":"null"}})", "[1,null]",
                         "[1,2]", "[1]: expected null, found a number"}));

INSTANTIATE_TEST_SUITE_P(
    FurtherObjects, Keyword,
    testing::Values(Case{R"({"patternProperties":{"^x-":{"type":"string"}}})",
                         R"({"x-a":"","y":1})", R"({"x-a":1})",
                         "x-a: expected a string, found a number"},
                    Case{R"({"dependentRequired":{"a":["b"]}})", R"({"a":1,"b":1})", R"({"a":1})",
                         "b: the field is required"},
                    Case{R"({"dependentSchemas":{"a":{"maxProperties":1}}})", R"({"a":1})",
                         R"({"a":1,"b":1})", ": expected an object of at most 1 field, found 2"},
                    Case{R"({"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false})",
                         R"({"a":1})", R"({"a":1,"b":1})", "b: no such field is known here"},
                    Case{R"({"multipleOf":0.01})", "19.99", "0.005",
                         ": expected a multiple of 0.01, found 0.005"},
                    Case{R"({"enum":["a","b"],"const":"b"})", R"("b")", R"("a")",
                         R"(: expected "b", found "a")"},
                    Case{R"({"not":{"enum":["a"],"const":"b"}})", R"("b")", R"("b")", ""}));

INSTANTIATE_TEST_SUITE_P(
    Objects, Keyword,
    testing::Values(
        Case{R"({"properties":{"a":{"type":"string"}}})", R"({"a":"","b":1})", R"({"a":1})",
             "a: expected a string, found a number"},
        Case{R"({"required":["a","b"]})", R"({"b":1,"a":1})", R"({"a":1})",
             "b: the field is required"},
        Case{R"({"items":{"required":["a"]}})", R"([{"a":1}])", R"([{"a":1},{}])",
             "[1].a: the field is required"},
        Case{R"({"properties":{"a":true},"additionalProperties":false})", R"({"a":1})",
             R"({"b":1})", "b: no such field is known here"},
        Case{R"({"required":["a"],"additionalProperties":{"type":"number"}})", R"({"a":1})",
             R"({"a":""})", "a: expected a number, found a string"},
        Case{R"({"propertyNames":{"maxLength":2}})", R"({"ab":1})", R"({"abc":1})",
             "abc: the name does not fit: expected a string of at most 2 characters, found 3"},
        Case{R"({"propertyNames":{"enum":["a"]}})", R"({"a":1})", R"({"b":1})",
             R"(b: the name does not fit: expected "a", found "b")"},
        Case{R"({"minProperties":1})", R"({"a":1})", "{}",
             ": expected a non-empty object, found an empty object"},
        Case{R"({"maxProperties":1})", R"({"a":1})", R"({"a":1,"b":1})",
             ": expected an object of at most 1 field, found 2"},
        Case{R"({"properties":{"a":true}})", R"({"a":1,"b":1,"b":2})", R"({"a":1,"a":1})",
             "a: the field stands there twice"},
        Case{R"({"required":["a"]})", R"({"a":1})", R"({"a":1,"a":2})",
             "a: the field stands there twice"},
        // The escape hides the name from eyes, not from the check.
        Case{R"({"properties":{"ab":true}})", R"({"ab":1})", R"({"ab":1,"\u0061b":2})",
             "ab: the field stands there twice"}));

INSTANTIATE_TEST_SUITE_P(
    Combinations, Keyword,
    testing::Values(Case{"true", "1", "1", ""},
                    Case{R"({"items":false})", "[]", "[1]", "[0]: no value is allowed here"},
                    Case{R"({"allOf":[{"minimum":1},{"maximum":2}]})", "1", "3",
                         ": expected a number of at most 2, found 3"},
                    Case{R"({"not":{"type":"string"}})", "1", R"("")",
                         ": this value is not allowed here"},
                    Case{R"({"if":{"minimum":10},"then":{"maximum":20},"else":{"maximum":5}})",
                         "20", "21", ": expected a number of at most 20, found 21"},
                    Case{R"({"if":{"minimum":10},"then":{"maximum":20},"else":{"maximum":5}})", "5",
                         "6", ": expected a number of at most 5, found 6"},
                    Case{R"({"$ref":"#/$defs/a","minimum":1,"$defs":{"a":{"type":"number"}}})", "1",
                         "0", ": expected a number of at least 1, found 0"},
                    Case{R"({"properties":{"a":{"$ref":"#/$defs/x%25y","description":"d"}},
                 "$defs":{"x%y":{"const":1}}})",
                         R"({"a":1})", R"({"a":2})", "a: expected 1, found 2"}));

TEST(Violation, NamesTheKeywordAndItsPlaceInTheSchema) {
  const Schema schema = compiled(R"({"properties":{"a/b":{"items":{"type":"string"}}}})");
  const auto violation = verdict(schema, R"({"a/b":[1]})");
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->instance_path, "a/b[0]");
  EXPECT_EQ(violation->schema_path, "/properties/a~1b/items/type");
  EXPECT_EQ(violation->keyword, "type");
}

TEST(Violation, TellsItsHalvesAndItsPlaceAsAPointer) {
  const Schema schema = compiled(R"({"items":{"properties":{"a/b~":{"maxLength":1}}}})");
  const auto violation = verdict(schema, R"([{},{"a/b~":"xyz"}])");
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->instance_pointer, "/1/a~1b~0");
  EXPECT_EQ(violation->expected, "a string of at most 1 character");
  EXPECT_EQ(violation->found, "3");
  EXPECT_EQ(violation->message, "expected a string of at most 1 character, found 3");
}

TEST(Violation, PointsIntoTheSchemaThatWasReferredTo) {
  const Schema schema = compiled(R"({"items":{"$ref":"#/$defs/n"},"$defs":{"n":{"minimum":0}}})");
  const auto violation = verdict(schema, "[-1]");
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->schema_path, "/$defs/n/minimum");
}

TEST(Violation, TellsIntegersAndEmptinessApart) {
  using Detail = Violation::Detail;
  const auto detail = [](std::string_view schema, std::string_view instance) {
    return verdict(compiled(schema), instance)->detail;
  };
  EXPECT_EQ(detail(R"({"type":["integer","null"],"minimum":1})", "0"), Detail::kInteger);
  EXPECT_EQ(detail(R"({"type":"number","minimum":1})", "0"), Detail::kNone);
  EXPECT_EQ(detail(R"({"minItems":1})", "[]"), Detail::kEmpty);
  EXPECT_EQ(detail(R"({"minItems":2})", "[0]"), Detail::kNone);
}

TEST(Violation, StaysShortWhateverWasSent) {
  const std::string long_text(100'000, 'x');
  const auto value = complaint(R"({"enum":["a"]})", "\"" + long_text + "\"");
  EXPECT_EQ(value, ": expected \"a\", found \"" + std::string(64, 'x') + "...\"");
  const auto name = complaint(R"({"additionalProperties":false})", "{\"" + long_text + "\":1}");
  EXPECT_EQ(name, "...: no such field is known here");
}

TEST(Violation, CutsTextBetweenCharacters) {
  std::string text(63, 'x');
  text += "\xc3\xa4\xc3\xa4";
  EXPECT_EQ(complaint(R"({"const":1})", "\"" + text + "\""),
            ": expected 1, found \"" + std::string(63, 'x') + "...\"");
}

TEST(Violation, ListsOnlySomeOfManyChoices) {
  std::string choices = "0";
  for (int i = 1; i < 20; ++i) choices += "," + std::to_string(i);
  EXPECT_EQ(complaint("{\"enum\":[" + choices + "]}", "-1"),
            ": expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 or 4 more, "
            "found -1");
}

}  // namespace
}  // namespace penstock::schema::test
