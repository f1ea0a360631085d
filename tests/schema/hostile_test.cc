// Section C11 of the catalogue of attacks: schemas and instances that are made to take time, memory
// or stack. Each ends in an error or a verdict.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/small_stack.h"
#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

std::string repeated(int times, std::string_view before, std::string_view middle,
                     std::string_view behind) {
  std::string text;
  for (int i = 0; i < times; ++i) text += before;
  text += middle;
  for (int i = 0; i < times; ++i) text += behind;
  return text;
}

std::string listed(int count, const auto& item) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + item(i);
  return text;
}

std::string compile_error(const std::string& schema) {
  const auto compiled = Schema::compile(schema);
  return compiled ? "" : compiled.error().detail;
}

std::string keyword_of(const Schema& schema, const std::string& instance) {
  const auto violation = verdict(schema, instance);
  return violation ? violation->keyword : "";
}

TEST(HostileSchema, IsNestedTooDeep) {
  EXPECT_THAT(compile_error(repeated(100'000, "{\"not\":", "{}", "}")), HasSubstr("64 levels"));
  EXPECT_THAT(compile_error(repeated(60, "{\"not\":", "{}", "}")),
              HasSubstr("to the same instance"));
}

TEST(HostileSchema, HasTooManyParts) {
  const auto part = [](int i) { return "\"" + std::to_string(i) + "\":{\"type\":\"null\"}"; };
  EXPECT_EQ(compile_error("{\"properties\":{" + listed(100'001, part) + "}}"),
            "the schema is too large");
}

TEST(HostileSchema, HasPathsThatAddUp) {
  const auto part = [](int i) { return "\"" + std::to_string(i) + "\":{}"; };
  const std::string name(1 << 20, 'n');
  EXPECT_EQ(compile_error("{\"properties\":{\"" + name + "\":{\"properties\":{" +
                          listed(2000, part) + "}}}}"),
            "the schema is too large");
}

TEST(HostileSchema, SearchesFarForEachReference) {
  const auto definition = [](int i) { return "\"d" + std::to_string(i) + "\":true"; };
  const auto reference = [](int i) {
    return "{\"$ref\":\"#/$defs/d" + std::to_string(20'000 - i) + "\"}";
  };
  EXPECT_THAT(compile_error("{\"$defs\":{" + listed(30'000, definition) + "},\"prefixItems\":[" +
                            listed(15'000, reference) + "]}"),
              HasSubstr("too many references"));
}

TEST(HostileSchema, HasPatternsThatNeedMoreMemoryThanThereIs) {
  const auto pattern = [](int i) {
    return "{\"pattern\":\"[a-z]{500}" + std::to_string(i) + "\"}";
  };
  EXPECT_THAT(compile_error("{\"prefixItems\":[" + listed(1000, pattern) + "]}"),
              HasSubstr("more than 64 MiB"));
}

TEST(HostileSchema, LoopsThroughADynamicReference) {
  const Schema schema = compiled(R"({"$id":"http://x/a","$dynamicAnchor":"n",
    "$ref":"b","$defs":{"b":{"$id":"b","allOf":[{"$dynamicRef":"#n"}],
      "$defs":{"n":{"$dynamicAnchor":"n"}}}}})");
  EXPECT_EQ(keyword_of(schema, "1"), "limit");
}

TEST(HostileSchema, IsReadOnTheStackOfAFiber) {
  std::string detail = "not run";
  const std::string deep = repeated(31, "{\"items\":", "{\"$ref\":\"#\"}", "}");
  const std::string wide = "{\"patternProperties\":{\"^(a|b){1,9}[\\\\p{L}-]+$\":" + deep +
                           "},\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}";
  on_a_small_stack([&] { detail = compile_error(wide); });
  EXPECT_EQ(detail, "");
  on_a_small_stack([&] { detail = compile_error(repeated(60, "{\"not\":", "{}", "}")); });
  EXPECT_THAT(detail, HasSubstr("to the same instance"));
  const std::string groups = repeated(900, "(", "a", ")*");
  on_a_small_stack([&] { detail = compile_error("{\"pattern\":\"" + groups + "\"}"); });
  EXPECT_EQ(detail, "");
  const std::string many_groups = repeated(50'000, "(", "a", ")");
  on_a_small_stack([&] { detail = compile_error("{\"pattern\":\"" + many_groups + "\"}"); });
  EXPECT_EQ(detail, "");
}

TEST(HostileInstance, IsGivenUpSoonWhereLittleEffortIsAllowed) {
  const auto effort_of = [](const Schema& schema, const std::string& text, Effort effort) {
    const auto violation = verdict(schema, text, effort);
    return violation ? std::string(violation->keyword) : "fits";
  };
  const Schema states = compiled(R"({"pattern":"^[ab]*a[ab]{900}$"})");
  const std::string letters = "\"" + std::string(100'000, 'a') + "\"";
  EXPECT_EQ(effort_of(states, letters, Effort::kQuick), "limit");
  EXPECT_EQ(effort_of(states, letters, Effort::kWhole), "fits");

  const auto branch = [](int i) { return "{\"const\":[" + std::to_string(i) + "]}"; };
  const Schema branches =
      compiled("{\"items\":{\"not\":{\"anyOf\":[" + listed(20, branch) + "]}}}");
  const auto item = [](int) { return std::string("[-1]"); };
  const std::string items = "[" + listed(30'000, item) + "]";
  EXPECT_EQ(effort_of(branches, items, Effort::kQuick), "limit");
  EXPECT_EQ(effort_of(branches, items, Effort::kWhole), "fits");
}

TEST(HostileInstance, IsMatchedWithAPatternOfManyStates) {
  const Schema schema = compiled(R"({"pattern":"^[ab]*a[ab]{900}$"})");
  EXPECT_EQ(keyword_of(schema, "\"" + std::string(1'000'000, 'a') + "\""), "limit");
}

TEST(HostileInstance, HasManyValuesThatMustBeDifferent) {
  const Schema schema = compiled(R"({"uniqueItems":true})");
  const auto number = [](int i) { return std::to_string(i); };
  EXPECT_EQ(keyword_of(schema, "[" + listed(100'000, number) + "]"), "");
  EXPECT_EQ(keyword_of(schema, "[" + listed(100'000, number) + ",5.0]"), "uniqueItems");
  const auto object = [](int i) { return "{\"a\":{\"b\":" + std::to_string(i) + "}}"; };
  EXPECT_EQ(keyword_of(schema, "[" + listed(50'000, object) + "]"), "");
}

TEST(HostileInstance, HasLargeObjectsToCompare) {
  const auto member = [](int i) { return "\"k" + std::to_string(i) + "\":0"; };
  const std::string object = "{" + listed(50'000, member) + "}";
  EXPECT_EQ(keyword_of(compiled(R"({"uniqueItems":true})"), "[" + object + "," + object + "]"),
            "uniqueItems");
  EXPECT_EQ(keyword_of(compiled("{\"const\":" + object + "}"), object), "");
}

TEST(HostileInstance, MeetsEveryBranchOfAOneOf) {
  const auto branch = [](int i) {
    return "{\"properties\":{\"k\":{\"minimum\":" + std::to_string(i) +
           "}},\"items\":{\"$ref\":\"#\"}}";
  };
  const Schema schema = compiled("{\"oneOf\":[" + listed(200, branch) + "]}");
  EXPECT_EQ(keyword_of(schema, repeated(40, "[", "0", "]")), "limit");
}

TEST(HostileInstance, HasManyMembersUnderManyPatterns) {
  const auto pattern = [](int i) { return "\"^x" + std::to_string(i) + "\":true"; };
  const auto member = [](int i) { return "\"m" + std::to_string(i) + "\":0"; };
  const Schema schema = compiled("{\"patternProperties\":{" + listed(400, pattern) + "}}");
  EXPECT_THAT(keyword_of(schema, "{" + listed(50'000, member) + "}"), AnyOf("limit", ""));
}

TEST(HostileInstance, RevalidatesNothingForUnevaluated) {
  // Each level asks what each of its branches has looked at, 60 levels deep.
  const Schema schema = compiled(R"({"$defs":{"n":{"allOf":[{"anyOf":[
      {"properties":{"a":{"$ref":"#/$defs/n"}}}, {"properties":{"b":true}}]}],
    "unevaluatedProperties":false}},"$ref":"#/$defs/n"})");
  EXPECT_EQ(keyword_of(schema, repeated(20, "{\"a\":", "{\"b\":1}", "}")), "");
  EXPECT_EQ(keyword_of(schema, repeated(20, "{\"a\":", "{\"c\":1}", "}")), "unevaluatedProperties");
}

TEST(HostileInstance, IsDeepUnderEveryKeywordOnTheStackOfAFiber) {
  const Schema schema = compiled(R"({"$dynamicAnchor":"n","type":["object","array"],
    "uniqueItems":true,"contains":true,"prefixItems":[{"$dynamicRef":"#n"}],
    "patternProperties":{"^a":{"$dynamicRef":"#n"}},"dependentSchemas":{"a":{"minProperties":1}},
    "if":{"required":["a"]},"then":{"anyOf":[{"minProperties":1},{"maxProperties":5}]},
    "unevaluatedProperties":false,"unevaluatedItems":false})");
  for (const auto& [before, behind] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
    std::string keyword = "not run";
    on_a_small_stack([&] { keyword = keyword_of(schema, repeated(12, before, "[[]]", behind)); });
    EXPECT_THAT(keyword, AnyOf("", "contains"));
    on_a_small_stack([&] { keyword = keyword_of(schema, repeated(61, before, "{}", behind)); });
    EXPECT_THAT(keyword, AnyOf("", "limit"));
  }
}

}  // namespace
}  // namespace penstock::schema::test
