#include <cstdlib>
#include <new>
#include <string>

#include <gtest/gtest.h>

#include "schema/builtin.h"
#include "schema/small_stack.h"
#include "schema/verdict.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

// Counted, so that a test can show where there are none. Not inlined, or g++ sees only one of a
// pair and takes it for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace penstock::schema::test {
namespace {

// {"a":{"a":...{"a":innermost}...}}
std::string nested(int levels, std::string_view innermost) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += R"({"a":)";
  text += innermost;
  text.append(static_cast<std::size_t>(levels), '}');
  return text;
}

TEST(Validation, AllocatesNothingForAnInstanceThatFits) {
  const Schema schema = compiled(builtin("chat_completions"));
  std::string text = R"({"model":"m","temperature":0.5,"stop":["a","b"],"logit_bias":{"42":-100},
    "tool_choice":{"type":"function","function":{"name":"f"}},
    "messages":[{"role":"system","content":"s"},
      {"role":"user","content":[{"type":"text","text":"hi"},
        {"type":"image_url","image_url":{"url":"data:"}}]},
      {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function",
        "function":{"name":"f","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"c","content":"42"}]})";
  text.reserve(text.size() + json::kPadding);
  const auto document = json::Document::parse(text);
  ASSERT_TRUE(document.has_value());
  // The pattern's automaton is built as texts are met.
  ASSERT_FALSE(schema.validate(*document));
  const std::size_t before = allocations;
  const bool fits = !schema.validate(*document);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_TRUE(fits);
}

// Both branches descend into the same member: 2^40 steps without a bound.
TEST(Validation, EndsForASchemaThatRepeatsItself) {
  const Schema schema = compiled(R"({"$defs":{"n":{"anyOf":[
    {"properties":{"a":{"$ref":"#/$defs/n"}},"required":["b"]},
    {"properties":{"a":{"$ref":"#/$defs/n"}},"required":["c"]}]}},"$ref":"#/$defs/n"})");
  const auto violation = verdict(schema, nested(40, "{}"));
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->keyword, "limit");
  EXPECT_EQ(violation->message, "the value is too large or too deep for the schema");
}

TEST(Validation, RefusesRatherThanPassesBeyondItsBoundInsideNot) {
  const Schema schema = compiled(R"({"$defs":{"n":{"anyOf":[
    {"properties":{"a":{"$ref":"#/$defs/n"}},"required":["b"]},
    {"properties":{"a":{"$ref":"#/$defs/n"}},"required":["c"]}]}},"not":{"$ref":"#/$defs/n"}})");
  const auto violation = verdict(schema, nested(40, "{}"));
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->keyword, "limit");
}

std::string keyword_on_a_small_stack(const Schema& schema, const std::string& text) {
  std::string keyword = "not run";
  on_a_small_stack([&] {
    const auto violation = verdict(schema, text);
    keyword = violation ? violation->keyword : "";
  });
  return keyword;
}

TEST(Validation, FitsOnTheStackOfAFiber) {
  const Schema plain = compiled(R"({"type":["object","string"],"minProperties":1,
    "additionalProperties":{"$ref":"#"}})");
  EXPECT_EQ(keyword_on_a_small_stack(plain, nested(63, "\"\"")), "");
  EXPECT_EQ(keyword_on_a_small_stack(plain, nested(63, "{}")), "minProperties");
  const Schema choosing = compiled(R"({"anyOf":[{"type":"string"},
    {"type":"object","minProperties":1,"additionalProperties":{"$ref":"#"}}]})");
  EXPECT_EQ(keyword_on_a_small_stack(choosing, nested(45, "\"\"")), "");
  EXPECT_EQ(keyword_on_a_small_stack(choosing, nested(45, "{}")), "minProperties");
  EXPECT_EQ(keyword_on_a_small_stack(choosing, nested(60, "\"\"")), "limit");
}

TEST(Validation, BoundsTheDepthOfSchemasOverInstances) {
  const Schema schema = compiled(R"({"allOf":[{"allOf":[{"allOf":[
    {"additionalProperties":{"$ref":"#"}}]}]}]})");
  EXPECT_EQ(keyword_on_a_small_stack(schema, nested(20, "{}")), "");
  EXPECT_EQ(keyword_on_a_small_stack(schema, nested(60, "{}")), "limit");
}

}  // namespace
}  // namespace penstock::schema::test
