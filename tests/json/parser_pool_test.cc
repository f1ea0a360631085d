#include "json/parser_pool.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/padded.h"

namespace penstock::json {
namespace {

TEST(ParserPool, TakesAnIdleParserBeforeItMakesOne) {
  give_back_parser(take_parser(10));
  const std::size_t idle = idle_parsers();
  auto parser = take_parser(10);
  EXPECT_EQ(idle_parsers(), idle - 1);
  give_back_parser(std::move(parser));
  EXPECT_EQ(idle_parsers(), idle);
}

TEST(ParserPool, KeepsNoMoreThanItsLimit) {
  std::vector<std::unique_ptr<simdjson::dom::parser>> taken;
  for (std::size_t i = 0; i < kMaxIdleParsers + 3; ++i) taken.push_back(take_parser(10));
  for (auto& parser : taken) give_back_parser(std::move(parser));
  EXPECT_EQ(idle_parsers(), kMaxIdleParsers);
}

TEST(ParserPool, DropsAParserThatGrewTooLarge) {
  give_back_parser(take_parser(kMaxIdleCapacity));
  const std::size_t idle = idle_parsers();
  give_back_parser(take_parser(kMaxIdleCapacity + 1));
  EXPECT_EQ(idle_parsers(), idle - 1);
}

TEST(ParserPool, DoesNotAllocateAnewForSlightlyLargerTexts) {
  auto parser = take_parser(20'000);
  EXPECT_GE(parser->capacity(), 32'000U);
  give_back_parser(std::move(parser));
}

TEST(ParserPool, GetsTheParserOfADocumentBack) {
  const std::string text = padded("{}");
  give_back_parser(take_parser(10));
  const std::size_t idle = idle_parsers();
  {
    const auto document = Document::parse(text);
    ASSERT_TRUE(document);
    EXPECT_EQ(idle_parsers(), idle - 1);
  }
  EXPECT_EQ(idle_parsers(), idle);
  EXPECT_NE(refusal("{"), "");
  EXPECT_EQ(idle_parsers(), idle);
}

}  // namespace
}  // namespace penstock::json
