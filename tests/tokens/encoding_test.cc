#include "tokens/encoding.h"

#include <chrono>
#include <random>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "tokens/unicode.h"

namespace penstock::tokens {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<TokenId>;

const Encoding& encoding(std::string_view name) {
  const Encoding* found = Encoding::find(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

std::string repeat(std::string_view unit, std::size_t times) {
  std::string text;
  while (times-- > 0) text += unit;
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// SHA-256 of the official file, written anew from the tables in the program.
std::string digest_of_vocabulary(const Encoding& from, TokenId end) {
  std::string file;
  for (TokenId id = 0; id < end; ++id) {
    const std::string bytes = from.decode({&id, 1});
    if (!bytes.empty()) file += base64(bytes) + " " + std::to_string(id) + "\n";
  }
  unsigned char digest[32];
  unsigned size = 0;
  EVP_Digest(file.data(), file.size(), digest, &size, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 0xF];
  }
  return hex;
}

TEST(Encoding, HoldsTheOfficialVocabularies) {
  EXPECT_EQ(digest_of_vocabulary(encoding("r50k_base"), 50'256),
            "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930");
  EXPECT_EQ(digest_of_vocabulary(encoding("p50k_base"), 50'281),
            "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069");
  EXPECT_EQ(digest_of_vocabulary(encoding("cl100k_base"), 100'256),
            "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7");
  EXPECT_EQ(digest_of_vocabulary(encoding("o200k_base"), 199'998),
            "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d");
}

TEST(Encoding, KnowsEachTokenByItsBytes) {
  for (const std::string& name : Encoding::names()) {
    const Encoding& one = encoding(name);
    for (TokenId id = 0; id < 200'000; id += 7) {
      const std::string bytes = one.decode({&id, 1});
      if (bytes.empty()) continue;
      // A piece of text may end inside of it; what comes out has the same bytes.
      ASSERT_EQ(one.decode(one.encode(bytes)), bytes) << name << " " << id;
    }
  }
}

TEST(Encoding, IsFoundByItsName) {
  EXPECT_EQ(Encoding::names(), (std::vector<std::string>{"o200k_base", "o200k_harmony",
                                                         "cl100k_base", "p50k_base", "r50k_base"}));
  EXPECT_EQ(Encoding::find("gpt-4o"), nullptr);
  EXPECT_EQ(Encoding::find(""), nullptr);
}

TEST(Encoding, HarmonyDiffersInSpecialTokensAlone) {
  const std::string text = "Write <|start|>assistant, it's 12345 \xE4\xB8\xAD\n";
  EXPECT_EQ(encoding("o200k_harmony").encode(text), encoding("o200k_base").encode(text));
}

TEST(Encoding, TakesATypedSpecialTokenForOrdinaryText) {
  EXPECT_EQ(encoding("o200k_base").encode("<|endoftext|>"), (Ids{27, 91, 419, 1440, 919, 91, 29}));
  EXPECT_EQ(encoding("cl100k_base").encode("<|endoftext|>"), (Ids{27, 91, 8862, 728, 428, 91, 29}));
}

TEST(Encoding, GivesTheEmptyTextNoTokens) {
  EXPECT_EQ(encoding("o200k_base").count(""), 0u);
  EXPECT_EQ(encoding("o200k_base").encode(""), Ids{});
  EXPECT_EQ(encoding("o200k_base").decode({}), "");
}

TEST(Encoding, DecodesNothingFromRanksThatAreNotThere) {
  EXPECT_EQ(encoding("p50k_base").decode(Ids{50'256, 50'281, 200'000, kNoToken}), "");
  EXPECT_EQ(encoding("r50k_base").decode(Ids{50'257}), "");
}

TEST(Encoding, CountsRunsAsTheVocabularyHasThem) {
  struct Run {
    const char* unit;
    std::uint64_t cl100k;
    std::uint64_t o200k;
  };
  for (const Run& run : {Run{" ", 79, 79}, Run{"\n", 313, 625}, Run{"a", 1250, 1250},
                         Run{"^", 2500, 1250}, Run{"0", 3334, 3334}, Run{"=", 156, 156}}) {
    const std::string text = repeat(run.unit, 10'000);
    EXPECT_EQ(encoding("cl100k_base").count(text), run.cl100k) << run.unit;
    EXPECT_EQ(encoding("o200k_base").count(text), run.o200k) << run.unit;
  }
}

/// Bytes of a few kinds, many of them no UTF-8.
std::string random_bytes(std::mt19937& random, std::size_t size) {
  const unsigned kind = static_cast<unsigned>(random() % 3);
  std::string text;
  while (text.size() < size) {
    const auto byte = static_cast<unsigned char>(random());
    if (kind == 0) text += static_cast<char>(byte);
    if (kind == 1) text += static_cast<char>(0x80 | byte);
    if (kind == 2) text += "ab AB\t\n'-=\xC5\xBF\xE4\xB8\xAD\xCC\x80"[byte % 18];
  }
  return text;
}

TEST(EncodingProperty, DecodesWhatItEncoded) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const std::string text = random_bytes(random, random() % 200);
    for (const std::string& name : Encoding::names()) {
      const Encoding& one = encoding(name);
      const Ids ids = one.encode(text);
      ASSERT_EQ(one.decode(ids), text) << name;
      ASSERT_EQ(one.count(text), ids.size()) << name;
      ASSERT_LE(ids.size(), most_tokens(text.size()));
      ASSERT_GE(ids.size(), least_tokens(text));
    }
  }
}

TEST(EncodingProperty, CountsUpToALimitAndNotBeyond) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_bytes(random, random() % 300);
    const Encoding& one = encoding(round % 2 == 0 ? "o200k_base" : "cl100k_base");
    const std::uint64_t count = one.count(text);
    EXPECT_EQ(one.count_at_most(text, count), count);
    EXPECT_EQ(one.count_at_most(text, count + 1), count);
    EXPECT_EQ(one.count_at_most(text, text.size()), count);
    if (count == 0) continue;
    EXPECT_EQ(one.count_at_most(text, count - 1), std::nullopt);
    EXPECT_EQ(one.count_at_most(text, 0), std::nullopt);
  }
  EXPECT_EQ(encoding("o200k_base").count_at_most("", 0), 0u);
}

TEST(Bounds, RoundUp) {
  EXPECT_EQ(least_tokens(std::uint64_t{0}), 0u);
  EXPECT_EQ(least_tokens(1), 1u);
  EXPECT_EQ(least_tokens(128), 1u);
  EXPECT_EQ(least_tokens(129), 2u);
  EXPECT_EQ(most_tokens(129), 129u);
}

TEST(Bounds, CountTheWordsOfAText) {
  EXPECT_EQ(least_tokens(""), 0u);
  EXPECT_EQ(least_tokens(" "), 1u);
  EXPECT_EQ(least_tokens("word"), 1u);
  EXPECT_EQ(least_tokens(" word"), 1u);
  EXPECT_EQ(least_tokens("one two"), 2u);
  EXPECT_EQ(least_tokens("one  two 3 !"), 4u);
  EXPECT_EQ(least_tokens("one\ttwo\nthree \xC3\xA9t\xC3\xA9 "), 1u) << "only what is surely a word";
  for (std::size_t before = 0; before < 20; ++before) {
    EXPECT_EQ(least_tokens(std::string(before, '\t') + " a b c"), before == 0 ? 3u : 4u) << before;
  }
  EXPECT_EQ(least_tokens(repeat(" word", 1000)), 1000u);
}

/// What words and blanks make of each other is what the bound stands on.
TEST(EncodingProperty, HasAtLeastTheTokensOfItsWords) {
  constexpr std::string_view kParts[] = {" ",  " ",  "  ", "\n",       "\r",       "\t",   "a",
                                         "Bc", "'s", "'",  "1",        "2345",     ".",    "/",
                                         "-",  "(",  "<|", "\xC3\xA9", "\xC2\xA0", "\x7F", "\x1F"};
  std::mt19937 random(3);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::size_t parts = random() % 40; parts > 0; --parts) {
      text += kParts[random() % std::size(kParts)];
    }
    for (const std::string& name : Encoding::names()) {
      ASSERT_GE(encoding(name).count(text), least_tokens(text)) << name << ": " << text;
    }
  }
}

/// What an attacker would send. Each takes some 10 to 50 ms, which the log of the test says; with
/// quadratic time it would be hours.
TEST(HostileText, IsCountedInTime) {
  std::mt19937 random(1);
  std::string bytes;
  while (bytes.size() < 1'000'000) bytes += static_cast<char>(random());
  std::string dashes;
  while (dashes.size() < 1'000'000)
    dashes += std::string(50 + random() % 250, '-') + "xyz"[random() % 3];
  const std::vector<std::pair<const char*, std::string>> texts{
      {"letter", repeat("a", 1'000'000)},
      {"spaces", repeat(" ", 1'000'000)},
      {"ideograph", repeat("\xE4\xB8\xAD", 333'334)},
      {"bytes", bytes},
      {"dashes", repeat("-", 1'000'000)},
      {"runs", dashes},
      {"capitals", repeat("A", 1'000'000)},
      {"line ends", repeat("\n", 1'000'000)}};
  for (const auto& [what, text] : texts) {
    for (const char* name : {"o200k_base", "cl100k_base", "r50k_base"}) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_GE(encoding(name).count(text), least_tokens(text));
      const auto took = std::chrono::steady_clock::now() - begin;
      EXPECT_LT(took, 60s) << what;
      std::cout << name << ", " << what << ": " << took / 1ms << " ms\n";
    }
  }
}

TEST(Unicode, CountsTheCodePointsOfEachClass) {
  std::array<std::size_t, 128> counts{};
  for (char32_t c = 0; c < 0x110000; ++c) ++counts[class_of(c)];
  EXPECT_EQ(counts[kLower], 2258u);
  EXPECT_EQ(counts[kUpper], 1889u);
  EXPECT_EQ(counts[kCaseless], 136'881u);
  EXPECT_EQ(counts[kMark], 2501u);
  EXPECT_EQ(counts[kNumber], 1911u);
  EXPECT_EQ(counts[kSpace], 25u);
}

TEST(Unicode, PlacesTheAwkwardOnes) {
  EXPECT_EQ(class_of(0x17F), kLower);
  EXPECT_EQ(class_of(0x1C5), kUpper);    // a title-case letter
  EXPECT_EQ(class_of(0x2160), kNumber);  // a Roman numeral
  EXPECT_EQ(class_of(0xFEFF), kPunctuation);
  EXPECT_EQ(class_of(0x85), kSpace);
  EXPECT_EQ(class_of(0x180E), kPunctuation);
  EXPECT_EQ(class_of(0x1C89), kUpper);        // new in Unicode 16
  EXPECT_EQ(class_of(0xA7CE), kPunctuation);  // new in Unicode 17
  EXPECT_EQ(class_of(0x323AF), kCaseless);
  EXPECT_EQ(class_of(0x323B0), kPunctuation);
  EXPECT_EQ(class_of(0xE01EF), kMark);
  EXPECT_EQ(class_of(0x10FFFF), kPunctuation);
}

TEST(Unicode, TakesEachByteThatIsNoUtf8ForItself) {
  for (const std::string_view text :
       {"\xC3", "\xC1\x81", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8", "\x80",
        "\xFF", "\xF0\x9F\x98"}) {
    const Char c = char_at(text, 0);
    EXPECT_EQ(c.size, 1u);
    EXPECT_TRUE(c.is(kPunctuation));
  }
  EXPECT_EQ(char_at("\xF0\x9F\x98\x80", 0).size, 4u);
  EXPECT_EQ(char_at("", 0).size, 0u);
}

}  // namespace
}  // namespace penstock::tokens
