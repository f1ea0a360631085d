#include "interceptors/auth/digest.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace penstock::auth {
namespace {

constexpr const char* kDigestOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, IsThatOfTheStandard) {
  EXPECT_EQ(to_hex(sha256("abc")), kDigestOfAbc);
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, IsTheSameAgainAndOnEveryThread) {
  Digest elsewhere{};
  std::thread([&] { elsewhere = sha256("abc"); }).join();
  EXPECT_EQ(sha256("abc"), elsewhere);
  EXPECT_EQ(sha256("abc"), elsewhere);
}

TEST(Digest, ReadsHexadecimalDigitsOfEitherCase) {
  std::string upper = kDigestOfAbc;
  for (char& c : upper) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  EXPECT_EQ(parse_hex(kDigestOfAbc), sha256("abc"));
  EXPECT_EQ(parse_hex(upper), sha256("abc"));
}

TEST(Digest, RefusesOtherTexts) {
  const std::string good = kDigestOfAbc;
  EXPECT_FALSE(parse_hex(""));
  EXPECT_FALSE(parse_hex(good.substr(1)));
  EXPECT_FALSE(parse_hex(good + "0"));
  EXPECT_FALSE(parse_hex("g" + good.substr(1)));
  EXPECT_FALSE(parse_hex(good.substr(1) + " "));
}

}  // namespace
}  // namespace penstock::auth
