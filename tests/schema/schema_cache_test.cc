#include "schema/schema_cache.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace penstock::schema {
namespace {

std::string numbered(int number) {
  return R"({"minimum":)" + std::to_string(number) + "}";
}

TEST(SchemaCache, CompilesATextOnce) {
  SchemaCache cache;
  const auto first = cache.get(numbered(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(cache.get(numbered(1))->get(), first->get());
  EXPECT_NE(cache.get(numbered(2))->get(), first->get());
  EXPECT_EQ(cache.size(), 2U);
}

TEST(SchemaCache, DropsTheOneThatWasNotAskedForLongest) {
  SchemaCache cache(2);
  const auto first = *cache.get(numbered(1));
  const auto second = *cache.get(numbered(2));
  EXPECT_EQ(*cache.get(numbered(1)), first);
  ASSERT_TRUE(cache.get(numbered(3)));
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(*cache.get(numbered(1)), first);
  EXPECT_NE(*cache.get(numbered(2)), second);
}

TEST(SchemaCache, HoldsNoMoreTextThanItMay) {
  SchemaCache cache(100, 40);
  for (int i = 10; i < 20; ++i) ASSERT_TRUE(cache.get(numbered(i)));
  EXPECT_EQ(cache.size(), 2U);  // of 14 bytes each
}

TEST(SchemaCache, LeavesSchemasToThoseWhoUseThem) {
  SchemaCache cache(1);
  const auto schema = *cache.get(R"({"type":"string"})");
  ASSERT_TRUE(cache.get(numbered(1)));
  std::string text = "7";
  text.reserve(text.size() + json::kPadding);
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(schema->schema.validate(*document));
}

TEST(SchemaCache, KeepsNothingThatDoesNotCompile) {
  SchemaCache cache;
  EXPECT_FALSE(cache.get(R"({"type":7})"));
  EXPECT_FALSE(cache.get("\"" + std::string(SchemaCache::kMaxTextBytes, 'x') + "\""));
  EXPECT_EQ(cache.size(), 0U);
}

TEST(SchemaCache, IsSharedByThreads) {
  SchemaCache cache(4);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&cache] {
      for (int i = 0; i < 200; ++i) EXPECT_TRUE(cache.get(numbered(i % 6)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cache.size(), 4U);
}

}  // namespace
}  // namespace penstock::schema
