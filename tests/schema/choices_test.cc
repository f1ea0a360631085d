#include <string>

#include <gtest/gtest.h>

#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

const std::string kTagged = R"({"oneOf":[
  {"type":"object","required":["type","text"],
   "properties":{"type":{"const":"text"},"text":{"type":"string"}}},
  {"type":"object","required":["type","url"],
   "properties":{"type":{"enum":["image","video"]},"url":{"type":"string"}}}]})";

TEST(TaggedChoice, TakesEveryBranch) {
  EXPECT_EQ(complaint(kTagged, R"({"type":"text","text":"a"})"), "");
  EXPECT_EQ(complaint(kTagged, R"({"url":"a","type":"video"})"), "");
}

TEST(TaggedChoice, ExplainsTheBranchThatWasMeant) {
  EXPECT_EQ(complaint(kTagged, R"({"type":"image","url":1})"),
            "url: expected a string, found a number");
  EXPECT_EQ(complaint(kTagged, R"({"type":"text","url":"a"})"), "text: the field is required");
}

TEST(TaggedChoice, ExplainsTheTagItself) {
  EXPECT_EQ(complaint(kTagged, R"({"type":"robot"})"),
            R"(type: expected one of "text", "image" or "video", found "robot")");
  EXPECT_EQ(complaint(kTagged, R"({"type":3})"), "type: expected a string, found a number");
  EXPECT_EQ(complaint(kTagged, R"({"text":"a"})"), "type: the field is required");
  EXPECT_EQ(complaint(kTagged, R"("text")"), ": expected an object, found a string");
}

TEST(TaggedChoice, SeesATagThatIsGivenTwice) {
  EXPECT_EQ(complaint(kTagged, R"({"type":"text","text":"a","type":"image"})"),
            "type: the field stands there twice");
}

TEST(TaggedChoice, TriesTheBranchesWhereAnOptionalTagIsAbsent) {
  const std::string schema = R"({"anyOf":[
    {"type":"object","properties":{"kind":{"const":"a"}},"required":["x"]},
    {"type":"object","properties":{"kind":{"const":"b"}},"required":["y"]}]})";
  EXPECT_EQ(complaint(schema, R"({"y":1})"), "");
  EXPECT_EQ(complaint(schema, R"({"kind":"b"})"), "y: the field is required");
  EXPECT_EQ(complaint(schema, R"({"kind":"c","x":1})"),
            R"(kind: expected one of "a" or "b", found "c")");
  EXPECT_EQ(complaint(schema, "{}"), ": the value has none of the forms that are allowed here");
}

TEST(TaggedChoice, DoesNotMistakeASharedConstantForATag) {
  const std::string schema = R"({"anyOf":[
    {"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"string"}}},
    {"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"number"}}}]})";
  EXPECT_EQ(complaint(schema, R"({"kind":"a","x":1})"), "");
  EXPECT_EQ(complaint(schema, R"({"kind":"a","x":null})"),
            ": the value has none of the forms that are allowed here");
}

TEST(Choice, IsMadeByTypeWhereThatTells) {
  const std::string schema = R"({"anyOf":[{"enum":["none","auto"]},
    {"type":"object","required":["name"]},{"type":"null"}]})";
  EXPECT_EQ(complaint(schema, R"("auto")"), "");
  EXPECT_EQ(complaint(schema, "null"), "");
  EXPECT_EQ(complaint(schema, R"("some")"), R"(: expected one of "none" or "auto", found "some")");
  EXPECT_EQ(complaint(schema, "{}"), "name: the field is required");
  EXPECT_EQ(complaint(schema, "5"), ": expected a string, an object or null, found a number");
}

TEST(Choice, ExplainsTheBranchThatGotDeepest) {
  const std::string schema = R"({"anyOf":[
    {"properties":{"a":{"type":"string"}}},
    {"properties":{"a":{"items":{"properties":{"b":{"type":"null"}}}}},"required":["a"]}]})";
  EXPECT_EQ(complaint(schema, R"({"a":[{"b":1}]})"), "a[0].b: expected null, found a number");
}

TEST(Choice, ExplainsNoBranchWhereTwoGotAsDeep) {
  const std::string schema = R"({"anyOf":[
    {"properties":{"a":{"type":"string"}}},{"properties":{"a":{"type":"number"}}}]})";
  EXPECT_EQ(complaint(schema, R"({"a":null})"),
            ": the value has none of the forms that are allowed here");
}

// Each level would ask both branches of all levels below: 2^30 questions.
TEST(Choice, ExplainsNothingWhereThatWouldTakeTooLong) {
  const Schema schema = compiled(R"({"$defs":{"n":{"anyOf":[
    {"properties":{"a":{"$ref":"#/$defs/n"}},"minProperties":1},
    {"properties":{"a":{"type":"null"}},"minProperties":1}]}},"$ref":"#/$defs/n"})");
  std::string text;
  for (int i = 0; i < 30; ++i) text += R"({"a":)";
  text += "{}" + std::string(30, '}');
  const auto violation = verdict(schema, text);
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->keyword, "limit");
}

TEST(Choice, OneOfRefusesWhatFitsTwice) {
  const std::string schema = R"({"oneOf":[{"minimum":1},{"maximum":5}]})";
  EXPECT_EQ(complaint(schema, "0"), "");
  EXPECT_EQ(complaint(schema, "3"),
            ": the value fits more than one form where exactly one is allowed");
}

TEST(Choice, AnyOfTakesWhatFitsTwice) {
  EXPECT_TRUE(fits(R"({"anyOf":[{"minimum":1},{"maximum":5}]})", "3"));
}

TEST(Choice, OfNothingTakesNothing) {
  EXPECT_EQ(complaint(R"({"anyOf":[false,false]})", "3"), ": no value is allowed here");
}

}  // namespace
}  // namespace penstock::schema::test
