#include <string>

#include <gtest/gtest.h>

#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

struct Fact {
  std::string schema;
  std::string instance;
  bool fits;
};

class Numbers : public testing::TestWithParam<Fact> {};

TEST_P(Numbers, CountExactly) {
  const Fact& fact = GetParam();
  const auto violation = compiled(fact.schema).validate_text(fact.instance);
  ASSERT_TRUE(violation.has_value()) << violation.error().public_message;
  EXPECT_EQ(!violation->has_value(), fact.fits) << fact.schema << " " << fact.instance;
}

std::string multiple(const std::string& of) {
  return "{\"multipleOf\":" + of + "}";
}
std::string constant(const std::string& value) {
  return "{\"const\":" + value + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Multiples, Numbers,
    testing::Values(
        Fact{multiple("0.01"), "19.99", true}, Fact{multiple("0.01"), "19.999", false},
        Fact{multiple("0.01"), "4.35", true}, Fact{multiple("0.1"), "1.1e1", true},
        Fact{multiple("1e-8"), "1e308", true}, Fact{multiple("3"), "1e308", false},
        Fact{multiple("0.123456789"), "1e308", false}, Fact{multiple("2.5e10"), "1e300", true},
        Fact{multiple("3"), "9223372036854775807", false}, Fact{multiple("7"), "-14", true},
        Fact{multiple("7"), "-15", false}, Fact{multiple("5"), "18446744073709551615", true},
        Fact{multiple("2"), "18446744073709551617", false},
        Fact{multiple("2"), "18446744073709551618", true}, Fact{multiple("1e40"), "1e41", true},
        Fact{multiple("1e40"), "1.5e40", false}, Fact{multiple("1e40"), "0", true},
        // (10^30 + 1) * 7 and its neighbour: the divisor takes more than a word.
        Fact{multiple("1000000000000000000000000000001"), "7000000000000000000000000000007", true},
        Fact{multiple("1000000000000000000000000000001"), "7000000000000000000000000000008", false},
        Fact{multiple("1024e20"), "1e300", true}, Fact{multiple("0.3"), "0.9", true},
        Fact{multiple("1e-400"), "1e-399", true}, Fact{multiple("1"), "0.0", true}));

INSTANTIATE_TEST_SUITE_P(
    Equality, Numbers,
    testing::Values(Fact{constant("1"), "1.0", true}, Fact{constant("0"), "-0.0", true},
                    Fact{constant("100"), "1e2", true}, Fact{constant("1e400"), "10e399", true},
                    Fact{constant("1e400"), "1e401", false},
                    Fact{constant("9007199254740993"), "9007199254740993.0", true},
                    Fact{constant("9007199254740993"), "9007199254740992.0", false},
                    Fact{constant("1234567890123450000"), "1.23456789012345e18", true},
                    Fact{constant("0.1"), "0.1000000000000000055511151231257827", false},
                    Fact{constant("18446744073709551617"), "18446744073709551618", false},
                    Fact{constant("18446744073709551617"), "18446744073709551617.0", true},
                    Fact{constant("[18446744073709551616]"), "[1.8446744073709551616e19]", true},
                    Fact{R"({"uniqueItems":true})", "[1e400,1e401]", true},
                    Fact{R"({"uniqueItems":true})", "[1e400,10e399]", false},
                    Fact{R"({"enum":[1e-400]})", "0", false}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, Numbers,
    testing::Values(Fact{R"({"maximum":18446744073709551615})", "18446744073709551616", false},
                    Fact{R"({"maximum":0.1})", "0.1000000000000000000001", false},
                    Fact{R"({"exclusiveMinimum":0})", "1e-500", true},
                    Fact{R"({"minimum":-1e400})", "-1.0e400", true},
                    Fact{R"({"minimum":-1e400})", "-1.1e400", false},
                    Fact{R"({"maximum":-1})", "-1.5", true}, Fact{R"({"minimum":2})", "1.5", false},
                    Fact{R"({"minimum":2})", "2.5", true}, Fact{R"({"minimum":-2})", "-2.5", false},
                    Fact{R"({"type":"integer"})", "12345678901234567890123", true},
                    Fact{R"({"type":"integer"})", "1234567890123456789012.5", false},
                    Fact{R"({"type":"integer"})", "1e400", true},
                    Fact{R"({"type":"number"})", "1e-400", true}));

TEST(Number, IsShownAsItWasSent) {
  const Schema schema = compiled(R"({"items":{"maximum":1}})");
  const auto found = [&](const std::string& number) {
    return (*schema.validate_text("[" + number + "]"))->found;
  };
  EXPECT_EQ(found("18446744073709551617"), "18446744073709551617");
  EXPECT_EQ(found("1.50"), "1.5");
  EXPECT_EQ(found("1e300"), "1e300");
  EXPECT_EQ(found("120e1"), "1200");
}

class NoNumber : public testing::TestWithParam<std::string> {};

TEST_P(NoNumber, IsRefusedAsAText) {
  EXPECT_FALSE(compiled("true").validate_text(GetParam()).has_value());
}

INSTANTIATE_TEST_SUITE_P(Table, NoNumber,
                         testing::Values("1234567890123456789012-5", "01234567890123456789012",
                                         "12345678901234567890123.", "1e", "-", "1e999999",
                                         "1e99999999999999999999", std::string(600, '7')));

TEST(Number, StandsWhereItStood) {
  const Schema schema = compiled(
      R"({"properties":{"a":{"const":12345678901234567890123},"e":{"items":{"enum":[true,1e999,"1e999",0]}}}})");
  const auto fits = [&](const std::string& text) {
    return !schema.validate_text(text)->has_value();
  };
  EXPECT_TRUE(
      fits(R"({"0":-1.5e-3,"a":12345678901234567890123,"e":[0,true,1e999,"1e999",10e998]})"));
  EXPECT_FALSE(fits(R"({"0":12345678901234567890123,"a":0,"e":[]})"));
  EXPECT_FALSE(fits(R"({"a":12345678901234567890123,"e":[0,0.5]})"));
}

}  // namespace
}  // namespace penstock::schema::test
