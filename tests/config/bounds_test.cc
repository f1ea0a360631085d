#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"
#include "config/yaml.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

std::string errors_of(const std::string& yaml) {
  Diagnostics diagnostics;
  parse_yaml(yaml, "p.yaml", diagnostics);
  return to_text(diagnostics);
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ConfigurationBounds, AllowNestingToDepth64AndNoDeeper) {
  EXPECT_EQ(errors_of(repeat("[", 64) + repeat("]", 64)), "");
  EXPECT_EQ(errors_of(repeat("[", 65) + repeat("]", 65)),
            "p.yaml:1:65: lists and maps are nested more than 64 deep\n");
  EXPECT_EQ(errors_of(repeat("- ", 65) + "x"),
            "p.yaml:1:129: lists and maps are nested more than 64 deep\n");
}

TEST(ConfigurationBounds, CountTheDepthThatAliasesAdd) {
  const std::string deep = "a: &x " + repeat("[", 40) + repeat("]", 40) + "\n";
  EXPECT_EQ(errors_of(deep + "b: " + repeat("[", 23) + "*x" + repeat("]", 23)), "");
  EXPECT_EQ(errors_of(deep + "b: " + repeat("[", 24) + "*x" + repeat("]", 24)),
            "p.yaml:2:28: lists and maps are nested more than 64 deep\n");
}

TEST(ConfigurationBounds, SurviveAbsurdDepth) {
  EXPECT_THAT(errors_of(repeat("[", 500'000)), HasSubstr("more than 64 deep"));
  EXPECT_THAT(errors_of(repeat("{a: ", 200'000)), HasSubstr("more than 64 deep"));
}

TEST(ConfigurationBounds, RefuseAliasesThatMultiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeat(below + ", ", 9) +
            below + "]\n";
  }
  EXPECT_THAT(errors_of(bomb), HasSubstr("more than 100000 values, repeated ones included"));
}

TEST(ConfigurationBounds, RefuseALongTextThatIsRepeatedTooOften) {
  const std::string text = "a: &x " + repeat("x", 500'000) + "\nb: [" + repeat("*x, ", 100) + "]";
  EXPECT_THAT(errors_of(text), HasSubstr("more than 16 MiB of text, repeated text included"));
}

TEST(ConfigurationBounds, RefuseMoreThan100000Values) {
  EXPECT_EQ(errors_of("[" + repeat("1,", 99'999) + "]"), "");
  EXPECT_THAT(errors_of("[" + repeat("1,", 100'000) + "]"), HasSubstr("more than 100000 values"));
}

TEST(ConfigurationBounds, RefuseATextOfMoreThanOneMebibyte) {
  EXPECT_EQ(errors_of("# " + repeat("x", kMaxFileBytes - 2)), "");
  EXPECT_EQ(errors_of("# " + repeat("x", kMaxFileBytes - 1)),
            "p.yaml: a configuration may be at most 1 MiB long\n");
}

TEST(ConfigurationBounds, RefuseKeysOfMoreThan256Bytes) {
  EXPECT_EQ(errors_of(repeat("k", 256) + ": 1"), "");
  EXPECT_THAT(errors_of(repeat("k", 257) + ": 1"), HasSubstr("at most 256 bytes"));
}

TEST(ConfigurationBounds, RefuseTooMuchInterpolatedText) {
  const auto loaded = try_load_with_demo("chain: [" + repeat("\"${BIG}\", ", 33) + "]");
  EXPECT_THAT(loaded.errors, HasSubstr("more than 16 MiB of interpolated text"));
  const auto one_scalar = try_load_with_demo("chain: [\"" + repeat("${BIG}", 33) + "\"]");
  EXPECT_THAT(one_scalar.errors, HasSubstr("more than 16 MiB of interpolated text"));
}

TEST(ConfigurationBounds, RefuseMoreThan256Upstreams) {
  std::string yaml = "upstreams:\n";
  for (int i = 0; i < 257; ++i) yaml += "  u" + std::to_string(i) + ": {kind: demo}\n";
  EXPECT_THAT(try_load(yaml).errors, HasSubstr("upstreams: more than 256 upstreams"));
}

}  // namespace
}  // namespace penstock::config::testing
