#include "json/items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::json {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kMany = 100;

TEST(JsonItems, AreTheirTexts) {
  EXPECT_THAT(items("[1,\"a\",null]", kMany), ElementsAre("1", "\"a\"", "null"));
  EXPECT_THAT(items(" [ 1e400 ,\n\t{} ] ", kMany), ElementsAre("1e400", "{}"));
}

TEST(JsonItems, MayHoldWhatLooksLikeTheirEnd) {
  EXPECT_THAT(items(R"(["a,]\"b\\",[1,[2]],{"c]":[{"d":"}"}]}])", kMany),
              ElementsAre(R"("a,]\"b\\")", "[1,[2]]", R"({"c]":[{"d":"}"}]})"));
}

TEST(JsonItems, AreNoneInAnEmptyArray) {
  EXPECT_THAT(items("[]", kMany), ElementsAre());
  EXPECT_THAT(items(" [ \n ] ", kMany), ElementsAre());
}

TEST(JsonItems, AreCountedUpToOneTooMany) {
  EXPECT_THAT(items("[1,2,3]", 3), ElementsAre("1", "2", "3"));
  EXPECT_THAT(items("[1,2,3,4]", 2), ElementsAre("1", "2", "3"));
}

TEST(JsonItems, EndWhereABrokenTextEnds) {
  for (const char* text : {"", "[", "[1", "[1,", "[\"a", "[{"}) items(text, kMany);
  EXPECT_THAT(items("[1,[2", kMany), ElementsAre("1", "[2"));
}

}  // namespace
}  // namespace penstock::json
