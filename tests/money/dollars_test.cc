#include "money/dollars.h"

#include <gtest/gtest.h>

namespace penstock::money {
namespace {

TEST(Dollars, AreNanodollarsToTheLastDigit) {
  EXPECT_EQ(parse_dollars("12.50"), 12'500'000'000u);
  EXPECT_EQ(parse_dollars("0.1"), 100'000'000u);
  EXPECT_EQ(parse_dollars("0.000000001"), 1u);
  EXPECT_EQ(parse_dollars("1000000"), kMostNanodollars);
  for (const char* text : {"0.0000000001", "1000000.000000001", "1000001", "-1", "$5", "5 $", "1e3",
                           "99999999999999999999", ""}) {
    EXPECT_EQ(parse_dollars(text), std::nullopt) << text;
  }
}

TEST(Dollars, AreWrittenWithTheirCents) {
  EXPECT_EQ(to_text(0), "$0.00");
  EXPECT_EQ(to_text(1), "$0.000000001");
  EXPECT_EQ(to_text(12'000), "$0.000012");
  EXPECT_EQ(to_text(12'500'000'000), "$12.50");
  EXPECT_EQ(to_text(kMostNanodollars), "$1000000.00");
}

TEST(Dollars, ComeBackAsTheyWereWritten) {
  for (Nanodollars amount = 1; amount < kMostNanodollars; amount = amount * 7 + 3) {
    EXPECT_EQ(parse_dollars(to_text(amount).substr(1)), amount);
  }
}

TEST(Price, IsPicodollarsForAToken) {
  EXPECT_EQ(parse_price("2.50"), 2'500'000u);
  EXPECT_EQ(parse_price("0.0028"), 2'800u);
  EXPECT_EQ(parse_price("0.000001"), 1u);
  EXPECT_EQ(parse_price("10000"), kMostPicodollars);
  for (const char* text : {"0.0000001", "10000.000001", "1.25e-06", "-0.1", "free"}) {
    EXPECT_EQ(parse_price(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace penstock::money
