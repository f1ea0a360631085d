#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "json/document.h"
#include "json/fault.h"
#include "json/padded.h"

namespace penstock::json {
namespace {

/// Random JSON texts with what usually goes wrong: white space anywhere, escaped keys, quotes,
/// backslashes and brackets in strings. The same seed gives the same texts.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }
  std::string key() { return pick({"model", "usage", "a\"b", "\\", "\xC3\xA9", "", "x"}); }
  std::string object(std::size_t depth) {
    std::vector<std::string> unused{"model", "usage", "a\"b", "\\", "\xC3\xA9", "", "x"};
    std::string text = space() + "{" + space();
    const std::size_t members = below(5);
    for (std::size_t i = 0; i < members; ++i) {
      if (i > 0) text += "," + space();
      const std::size_t chosen = below(unused.size());
      text += spelled(unused[chosen]) + space() + ":" + space() + value(depth) + space();
      unused.erase(unused.begin() + static_cast<std::ptrdiff_t>(chosen));
    }
    return text + "}" + space();
  }
  std::string value(std::size_t depth) {
    switch (below(depth == 0 ? 5 : 7)) {
      case 0:
        return pick({"true", "false", "null"});
      case 1:
        return pick({"0", "-1", "2.50", "1e3", "123456789"});
      case 5:
        return object(depth - 1);
      case 6:
        return "[" + value(depth - 1) + space() + "," + value(depth - 1) + "]";
      default:
        return pick({R"("")", R"("x\"y")", R"("\\")", R"("{[,:")", R"("\\\"")", R"("\u0022\n")"});
    }
  }

 private:
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string space() { return pick({"", "", "", " ", "\n", "\t \r"}); }
  std::string spelled(const std::string& plain) {
    if (plain == "model" && below(2) == 0) return R"("\u006dodel")";
    std::string text;
    append_quoted(text, plain);
    return text;
  }

  std::mt19937 random_;
};

TEST(SpliceProperty, SettingAMemberGivesTheExpectedDocument) {
  Generator generator(1);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = generator.object(3);
    const std::string key = generator.key();
    const std::string value = generator.value(2);
    auto expected = nlohmann::json::parse(text);
    expected[key] = nlohmann::json::parse(value);

    const std::string edited = apply(text, {set_member(text, key, value)});
    ASSERT_EQ(refusal(edited), "") << edited;
    ASSERT_EQ(nlohmann::json::parse(edited), expected) << text << "\n" << edited;
  }
}

TEST(SpliceProperty, RemovingAMemberGivesTheExpectedDocument) {
  Generator generator(2);
  int removed = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string text = generator.object(3);
    const std::string key = generator.key();
    auto expected = nlohmann::json::parse(text);
    const bool present = expected.erase(key) > 0;

    const auto splice = remove_member(text, key);
    ASSERT_EQ(splice.has_value(), present) << text;
    if (!splice) continue;
    ++removed;
    const std::string edited = apply(text, {*splice});
    ASSERT_EQ(nlohmann::json::parse(edited), expected) << text << "\n" << edited;
  }
  EXPECT_GT(removed, 100);
}

TEST(FaultProperty, AgreesWithTheParserOnDamagedTexts) {
  constexpr std::string_view kDamage = "{}[]\",:\\0123e-.nul \n\x80\xC3";
  Generator generator(3);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = generator.object(3);
    const std::size_t at = generator.below(text.size());
    const char damage = kDamage[generator.below(kDamage.size())];
    text.replace(at, generator.below(2), 1, damage);

    const bool accepted = refusal(text).empty();
    ASSERT_EQ(accepted, !find_fault(text)) << text;
    ASSERT_EQ(accepted, nlohmann::json::accept(text)) << text;
    if (!accepted) ++refused;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace penstock::json
