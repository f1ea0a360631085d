#include "interceptors/json_schema/validation.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "penstock/unique_function.h"

#include "json/document.h"
#include "runtime/loop.h"

namespace penstock::json_schema {
namespace {

using schema::Schema;
using schema::SchemaCache;

/// Runs the work in a fiber, and tells whether another fiber of the loop came to its turn
/// meanwhile.
bool lets_others_run(UniqueFunction<void()> work) {
  runtime::Loop loop(system_clock());
  bool other_ran = false;
  bool meanwhile = false;
  loop.spawn([&] {
    work();
    meanwhile = other_ran;
    loop.stop();
  });
  loop.spawn([&] { other_ran = true; });
  loop.run();
  return meanwhile;
}

Schema compile(std::string_view text) {
  auto schema = Schema::compile(text);
  EXPECT_TRUE(schema) << schema.error().detail;
  return std::move(*schema);
}

// Each byte is looked at in some hundred states.
constexpr std::string_view kManyStates = R"({"pattern":"^[ab]*a[ab]{900}$"})";

std::string text_of(std::size_t letters) {
  return '"' + std::string(letters, 'a') + '"';
}

TEST(Validation, ThatTakesLongLeavesTheLoopToOthers) {
  const Schema schema = compile(kManyStates);
  std::string text = text_of(100'000);
  text.reserve(text.size() + json::kPadding);
  const auto document = json::Document::parse(text);
  ASSERT_TRUE(document);
  std::optional<schema::Violation> violation;
  EXPECT_TRUE(lets_others_run([&] { violation = validate(schema, *document); }));
  EXPECT_FALSE(violation) << violation->message;
}

TEST(Validation, OfATextThatTakesLongLeavesTheLoopToOthers) {
  const Schema schema = compile(kManyStates);
  const std::string text = text_of(100'000) + " ";
  Result<std::optional<schema::Violation>> violation = internal_error("not run");
  EXPECT_TRUE(lets_others_run([&] { violation = validate_text(schema, text); }));
  ASSERT_TRUE(violation);
  EXPECT_FALSE(*violation) << (*violation)->message;
}

TEST(Validation, OfAUsualTextEndsAtOnce) {
  const Schema schema = compile(kManyStates);
  Result<std::optional<schema::Violation>> violation = internal_error("not run");
  EXPECT_FALSE(lets_others_run([&] { violation = validate_text(schema, text_of(1000)); }));
  ASSERT_TRUE(violation);
  EXPECT_FALSE(*violation) << (*violation)->message;
  EXPECT_FALSE(lets_others_run([&] { violation = validate_text(schema, text_of(900)); }));
  ASSERT_TRUE(violation && *violation);
  EXPECT_EQ((*violation)->keyword, "pattern");
  EXPECT_FALSE(lets_others_run([&] { violation = validate_text(schema, "\"a"); }));
  EXPECT_FALSE(violation);
}

TEST(SchemasOfRequests, AreCompiledOnAnotherThreadAndThenKnown) {
  SchemaCache cache;
  Result<SchemaCache::Pointer> schema = SchemaCache::Pointer();
  EXPECT_TRUE(lets_others_run([&] { schema = compiled(cache, kManyStates); }));
  ASSERT_TRUE(schema && *schema);
  const SchemaCache::Pointer first = *schema;
  EXPECT_FALSE(lets_others_run([&] { schema = compiled(cache, kManyStates); }));
  ASSERT_TRUE(schema);
  EXPECT_EQ(*schema, first);
  EXPECT_TRUE(lets_others_run([&] { schema = compiled(cache, R"({"pattern":"("})"); }));
  EXPECT_FALSE(schema);
}

}  // namespace
}  // namespace penstock::json_schema
