#include "penstock/secret.h"

#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace penstock {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, CannotBePrintedOrTakenForAText) {
  EXPECT_TRUE(Printable<std::string>);
  EXPECT_FALSE(Printable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
  EXPECT_FALSE((std::is_convertible_v<std::string, Secret>));
}

TEST(Secret, RevealsItsText) {
  EXPECT_EQ(Secret("sk-1").reveal(), "sk-1");
  EXPECT_TRUE(Secret().empty());
  EXPECT_FALSE(Secret("x").empty());
}

TEST(Secret, IsCopiedMovedAndAssigned) {
  Secret first("one");
  Secret second = first;
  EXPECT_EQ(second.reveal(), "one");
  second = Secret("two");
  EXPECT_EQ(second.reveal(), "two");
  first = second;
  EXPECT_EQ(first.reveal(), "two");
  const Secret third = std::move(first);
  EXPECT_EQ(third.reveal(), "two");
}

/// Room for one Secret whose bytes may be looked at after it has died.
class Room {
 public:
  Secret* put(std::string_view text) { return new (bytes_) Secret(std::string(text)); }
  bool holds(std::string_view text) const {
    const std::string_view all(reinterpret_cast<const char*>(bytes_), sizeof bytes_);
    return all.find(text) != std::string_view::npos;
  }

 private:
  alignas(Secret) std::byte bytes_[sizeof(Secret)] = {};
};

TEST(Secret, WipesAShortTextWhenItDies) {
  Room room;
  Secret* secret = room.put("sk-short");
  ASSERT_TRUE(room.holds("sk-short"));
  std::destroy_at(secret);
  EXPECT_FALSE(room.holds("sk-short"));
}

// Regression: a moved-from string has size 0 but still its bytes, which were left behind.
TEST(Secret, WipesWhatAMoveLeftBehind) {
  Room room;
  Secret* secret = room.put("sk-short");
  const Secret taken = std::move(*secret);
  std::destroy_at(secret);
  EXPECT_EQ(taken.reveal(), "sk-short");
  EXPECT_FALSE(room.holds("k-short"));
}

TEST(Secret, WipesTheTextThatAnAssignmentReplaces) {
  Room room;
  Secret* secret = room.put("sk-before");
  *secret = Secret("new");
  std::destroy_at(secret);
  EXPECT_FALSE(room.holds("before"));
}

}  // namespace
}  // namespace penstock
