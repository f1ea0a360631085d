#include "base/name_set.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

constexpr auto kNames = make_name_set("te", "host", "cookie", "via", "range", "ho");

TEST(NameSet, HasItsNamesAndNoOthers) {
  for (const char* name : {"te", "host", "cookie", "via", "range", "ho"}) {
    EXPECT_TRUE(kNames.has(name)) << name;
  }
  for (const char* name : {"", "t", "tx", "hosts", "HOST", "vi", "cookies", "ranges-and-more"}) {
    EXPECT_FALSE(kNames.has(name)) << name;
  }
  EXPECT_FALSE(kNames.has(std::string(1000, 'x')));
}

}  // namespace
}  // namespace penstock
