// Ours against a tokenizer by the book, on texts that are cut in unusual places.

#include "tokens/reference.h"

#include <random>

#include <gtest/gtest.h>

namespace penstock::tokens {
namespace {

const std::vector<std::string>& alphabet() {
  static const std::vector<std::string> all{"a",
                                            "b",
                                            "Z",
                                            "T",
                                            "s",
                                            "S",
                                            "re",
                                            "LL",
                                            "'",
                                            "'",
                                            "'s",
                                            "0",
                                            "7",
                                            " ",
                                            " ",
                                            "  ",
                                            "\t",
                                            "\n",
                                            "\r",
                                            "\r\n",
                                            "/",
                                            "-",
                                            "==",
                                            "!",
                                            ".",
                                            "\xC2\xA0",
                                            "\xC2\x85",
                                            "\xE2\x80\xA8",
                                            "\xE3\x80\x80",
                                            "\xC5\xBF",
                                            "\xCC\x80",
                                            "\xCC\x81",
                                            "\xC7\x85",
                                            "\xCA\xB0",
                                            "\xE4\xB8\xAD",
                                            "\xE6\x96\x87",
                                            "\xE3\x81\x82",
                                            "\xC3\xA9",
                                            "\xC3\x89",
                                            "\xD0\x96",
                                            "\xD9\xA1",
                                            "\xC2\xB2",
                                            "\xE2\x85\xA7",
                                            "\xF0\x9F\x98\x80",
                                            "\xE2\x80\x8D",
                                            "\xEF\xBF\xBD",
                                            "\xE0\xB8\x81",
                                            "\xE0\xB8\xB1",
                                            "\xEA\xB0\x80",
                                            "\x80",
                                            "\xE4\xB8",
                                            std::string(1, '\0'),
                                            "the",
                                            "ing",
                                            "----"};
  return all;
}

class AgainstTheBook : public ::testing::TestWithParam<const char*> {};

TEST_P(AgainstTheBook, EncodesRandomTextsTheSame) {
  const Encoding& ours = *Encoding::find(GetParam());
  const testing::Reference book(ours);
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    // Some texts are of few characters, which makes long pieces.
    const std::size_t kinds = random() % 2 == 0 ? alphabet().size() : 1 + random() % 4;
    const std::size_t first = random() % alphabet().size();
    for (std::size_t length = random() % 30; length > 0; --length) {
      text += alphabet()[(first + random() % kinds) % alphabet().size()];
    }
    ASSERT_EQ(ours.encode(text), book.encode(text)) << ::testing::PrintToString(text);
  }
}

TEST_P(AgainstTheBook, EncodesRunsOfEachLengthTheSame) {
  const Encoding& ours = *Encoding::find(GetParam());
  const testing::Reference book(ours);
  for (const char* unit : {" ", "-", "=", "\n", "\t", "*", "a", "ab", "\xC3\x83\xC3\x82"}) {
    std::string run;
    for (int length = 1; length <= 140; ++length) {
      run += unit;
      ASSERT_EQ(ours.encode(run + "x"), book.encode(run + "x")) << unit << " times " << length;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Encodings, AgainstTheBook,
                         ::testing::Values("o200k_base", "cl100k_base", "p50k_base", "r50k_base"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Reference, CutsAsThePatternSays) {
  const auto pieces = testing::match_all(R"(a+(?!b)|[^a]|(?i:'s|x){1,3}|a)", "aaab'SxXy");
  EXPECT_EQ(pieces, (std::vector<std::string_view>{"aa", "a", "b", "'", "S", "x", "X", "y"}));
}

}  // namespace
}  // namespace penstock::tokens
