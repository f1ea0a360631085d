#include "runtime/resolver.h"

#include "support/fiber_test.h"

namespace penstock::runtime {
namespace {

FIBER_TEST(Resolver, GivesLiteralsOfBothFamiliesWithTheirPort) {
  Resolver resolver(system_clock());
  const auto four = resolver.resolve("127.0.0.1", 80, {});
  ASSERT_TRUE(four);
  EXPECT_EQ(four->front().to_string(), "127.0.0.1:80");
  const auto six = resolver.resolve("::1", 443, {});
  ASSERT_TRUE(six);
  EXPECT_EQ(six->front().to_string(), "[::1]:443");
}

FIBER_TEST(Resolver, LooksUpNamesAndRemembersThem) {
  Resolver resolver(system_clock());
  for (int i = 0; i < 2; ++i) {
    const auto found = resolver.resolve("localhost", 4000, {});
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->empty());
  }
}

FIBER_TEST(Resolver, NamesTheHostThatHasNoAddress) {
  Resolver resolver(system_clock());
  const auto found = resolver.resolve("no-such-host.invalid", 80, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, IoError::Kind::kName);
  EXPECT_NE(found.error().detail.find("no-such-host.invalid"), std::string::npos);
}

}  // namespace
}  // namespace penstock::runtime
