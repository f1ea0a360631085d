#include "config/decimal.h"

#include <gtest/gtest.h>

namespace penstock::config {
namespace {

TEST(Decimal, CountsUnitsOfItsLastPlace) {
  EXPECT_EQ(parse_decimal("12", 0), 12u);
  EXPECT_EQ(parse_decimal("0", 3), 0u);
  EXPECT_EQ(parse_decimal("2.5", 3), 2500u);
  EXPECT_EQ(parse_decimal("2.500", 3), 2500u);
  EXPECT_EQ(parse_decimal("0.001", 3), 1u);
  EXPECT_EQ(parse_decimal("18446744073709551615", 0), 18446744073709551615u);
  EXPECT_EQ(parse_decimal("18446744073.709551615", 9), 18446744073709551615u);
}

TEST(Decimal, IsExactWhereADoubleIsNot) {
  EXPECT_EQ(parse_decimal("0.1", 9), 100'000'000u);
  EXPECT_EQ(parse_decimal("0.000000003", 9), 3u);
  EXPECT_EQ(parse_decimal("9007199254740993", 0), 9007199254740993u);  // 2^53 + 1
  EXPECT_EQ(parse_decimal("4503599627.370497", 6), 4503599627370497u);
}

TEST(Decimal, IsNothingElse) {
  for (const char* text : {"",
                           ".",
                           "1.",
                           ".5",
                           "-1",
                           "+1",
                           "1e3",
                           "1.5e-06",
                           " 1",
                           "1 ",
                           "1,5",
                           "01",
                           "00",
                           "0x1",
                           "1.2.3",
                           "$1",
                           "1.2345",
                           "0.0000",
                           "nan",
                           "inf",
                           "18446744073709551616",
                           "18446744073709551.616",
                           "99999999999999999999999999",
                           "١"}) {
    EXPECT_EQ(parse_decimal(text, 3), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace penstock::config
