#include "penstock/unique_function.h"

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(UniqueFunction, IsEmptyUntilItHoldsSomething) {
  UniqueFunction<int()> function;
  EXPECT_FALSE(function);
  function = [] { return 7; };
  ASSERT_TRUE(function);
  EXPECT_EQ(function(), 7);
}

TEST(UniqueFunction, OwnsMoveOnlyState) {
  UniqueFunction<int(int)> function = [base = std::make_unique<int>(40)](int more) {
    return *base + more;
  };
  UniqueFunction<int(int)> moved = std::move(function);
  EXPECT_FALSE(function);  // NOLINT: a moved-from function is empty by design
  EXPECT_EQ(moved(2), 42);
}

TEST(UniqueFunction, KeepsItsStateBetweenCalls) {
  UniqueFunction<int()> count = [n = 0]() mutable { return ++n; };
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(count(), 2);
}

TEST(UniqueFunction, PassesReferencesThrough) {
  UniqueFunction<void(std::string&)> append = [](std::string& text) { text += "!"; };
  std::string text = "a";
  append(text);
  EXPECT_EQ(text, "a!");
}

TEST(UniqueFunction, ReleasesItsStateWhenItDies) {
  const auto state = std::make_shared<int>(1);
  {
    UniqueFunction<int()> function = [state] { return *state; };
    EXPECT_EQ(function(), 1);
    EXPECT_EQ(state.use_count(), 2);
  }
  EXPECT_EQ(state.use_count(), 1);
}

}  // namespace
}  // namespace penstock
