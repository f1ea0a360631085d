#include <gtest/gtest.h>

#include "penstock/config.h"

namespace penstock::config {
namespace {

using std::chrono::milliseconds;

TEST(Units, CountsCarryDecimalUnits) {
  EXPECT_EQ(parse_count("0"), 0u);
  EXPECT_EQ(parse_count("500"), 500u);
  EXPECT_EQ(parse_count("100k"), 100'000u);
  EXPECT_EQ(parse_count("5M"), 5'000'000u);
  EXPECT_EQ(parse_count("2G"), 2'000'000'000u);
  EXPECT_EQ(parse_count("9223372036854775807"), 9'223'372'036'854'775'807u);
}

TEST(Units, BytesCarryBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_bytes("512"), 512u);
  EXPECT_EQ(parse_bytes("64KiB"), 65'536u);
  EXPECT_EQ(parse_bytes("32MiB"), 33'554'432u);
  EXPECT_EQ(parse_bytes("1GiB"), 1'073'741'824u);
  EXPECT_EQ(parse_bytes("3kB"), 3'000u);
  EXPECT_EQ(parse_bytes("3MB"), 3'000'000u);
  EXPECT_EQ(parse_bytes("3GB"), 3'000'000'000u);
}

TEST(Units, TimesCarryAUnitUnlessTheyAreZero) {
  EXPECT_EQ(parse_duration("0"), milliseconds(0));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
  EXPECT_EQ(parse_duration("1500ms"), milliseconds(1500));
  EXPECT_EQ(parse_duration("60s"), milliseconds(60'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
  EXPECT_EQ(parse_duration("2d"), milliseconds(172'800'000));
  EXPECT_EQ(parse_duration("60"), std::nullopt);
}

class UnfitNumber : public ::testing::TestWithParam<const char*> {};

TEST_P(UnfitNumber, IsRefusedByEveryParser) {
  EXPECT_EQ(parse_count(GetParam()), std::nullopt);
  EXPECT_EQ(parse_bytes(GetParam()), std::nullopt);
  EXPECT_EQ(parse_duration(GetParam()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Units, UnfitNumber,
                         ::testing::Values("", "k", "-1", "+1", " 1", "1 ", "1 k", "1.5M", "1e3",
                                           "0x10", "010", "00", "1K", "1kib", "1Mib", "1S", "1min",
                                           "1sec", "1_000", "1,000", "1kk", "1m30s", "infinity",
                                           "9223372036854775808", "9223372036854776k",
                                           "9223372036854775807G", "9223372036854775807d",
                                           "99999999999999999999999"));

struct Slip {
  const char* word;
  const char* meant;  // nullptr: no suggestion
};

class Nearest : public ::testing::TestWithParam<Slip> {};

TEST_P(Nearest, SuggestsLikelySlipsOnly) {
  const std::vector<std::string> known{"listen",   "threads", "limits", "timeouts",
                                       "max_body", "tls",     "key",    "max_idle_connections"};
  const auto found = nearest(GetParam().word, known);
  EXPECT_EQ(found.value_or("nothing"), GetParam().meant ? GetParam().meant : "nothing");
}

INSTANTIATE_TEST_SUITE_P(Words, Nearest,
                         ::testing::Values(Slip{"listn", "listen"}, Slip{"lsiten", "listen"},
                                           Slip{"Listen", "listen"}, Slip{"limit", "limits"},
                                           Slip{"timeout", "timeouts"}, Slip{"maxBody", "max_body"},
                                           Slip{"tsl", "tls"}, Slip{"kye", "key"},
                                           Slip{"max_idel_conections", "max_idle_connections"},
                                           Slip{"x", nullptr}, Slip{"", nullptr},
                                           Slip{"abc", nullptr}, Slip{"completely", nullptr}));

}  // namespace
}  // namespace penstock::config
