#include <gtest/gtest.h>

#include "config/support.h"
#include "config/yaml.h"

namespace penstock::config::testing {
namespace {

using namespace std::chrono_literals;

/// Runs `read` over a map and gives what was reported.
template <class Read>
std::string errors_of(std::string_view yaml, Read read) {
  Diagnostics diagnostics;
  const auto root = parse_yaml(yaml, "p.yaml", diagnostics);
  {
    MapReader map(*root, diagnostics);
    read(map);
  }
  return to_text(diagnostics);
}

TEST(MapReader, GivesEachValueInItsType) {
  const std::string errors = errors_of(
      "text: words\nflag: true\ncount: 100k\nsize: 2KiB\ntime: 3s\nword: b\nlist: [x, \"y\"]\n"
      "key: s3cr3t\nnumber: 12\nquoted: \"7\"\n",
      [](MapReader& map) {
        EXPECT_EQ(map.text("text"), "words");
        EXPECT_EQ(map.boolean("flag", false), true);
        EXPECT_EQ(map.count("count", 1), 100'000u);
        EXPECT_EQ(map.bytes("size", 1), 2048u);
        EXPECT_EQ(map.duration("time", 1s), 3s);
        EXPECT_EQ(map.choice("word", {"a", "b"}, 0), 1u);
        EXPECT_EQ(map.texts("list"), (std::vector<std::string>{"x", "y"}));
        EXPECT_EQ(map.secret("key").reveal(), "s3cr3t");
        EXPECT_EQ(map.text("number"), "12");
        EXPECT_EQ(map.count("quoted", 0), 7u);
      });
  EXPECT_EQ(errors, "");
}

TEST(MapReader, GivesTheFallbackForWhatIsAbsentOrNull) {
  const std::string errors = errors_of("text:\nflag: null\ncount: ~\n", [](MapReader& map) {
    EXPECT_EQ(map.text("text", "fallback"), "fallback");
    EXPECT_EQ(map.boolean("flag", true), true);
    EXPECT_EQ(map.count("count", 5), 5u);
    EXPECT_EQ(map.bytes("size", 6), 6u);
    EXPECT_EQ(map.duration("time", 7s), 7s);
    EXPECT_EQ(map.choice("word", {"a", "b"}, 1), 1u);
    EXPECT_TRUE(map.texts("list").empty());
    EXPECT_TRUE(map.secret("key").empty());
    EXPECT_EQ(map.find("text"), nullptr);
  });
  EXPECT_EQ(errors, "");
}

TEST(MapReader, TakesASingleTextAsAListOfOne) {
  errors_of("list: alone", [](MapReader& map) {
    EXPECT_EQ(map.texts("list"), std::vector<std::string>{"alone"});
  });
}

TEST(MapReader, ReportsEveryWrongTypeAndGivesTheFallback) {
  const std::string errors = errors_of(
      "text: [a]\nflag: yes\ncount: many\nsize: 1K\ntime: 60\nword: c\nlist: [x, {}]\nmap: {}\n",
      [](MapReader& map) {
        EXPECT_EQ(map.text("text", "f"), "f");
        EXPECT_EQ(map.boolean("flag", true), true);
        EXPECT_EQ(map.count("count", 1), 1u);
        EXPECT_EQ(map.bytes("size", 2), 2u);
        EXPECT_EQ(map.duration("time", 3s), 3s);
        EXPECT_EQ(map.choice("word", {"alpha", "beta"}, 1), 1u);
        EXPECT_EQ(map.texts("list"), std::vector<std::string>{"x"});
        EXPECT_TRUE(map.texts("map").empty());
      });
  EXPECT_EQ(errors,
            "p.yaml:1:7: text: expected a text\n"
            "p.yaml:2:7: flag: expected true or false\n"
            "p.yaml:3:8: count: expected a whole number such as 500, 100k or 5M\n"
            "p.yaml:4:7: size: expected a number of bytes such as 64KiB or 32MiB\n"
            "p.yaml:5:7: time: expected a time with its unit, such as 500ms or 60s\n"
            "p.yaml:6:7: word: expected one of `alpha` and `beta`\n"
            "p.yaml:7:11: list[1]: expected a text\n"
            "p.yaml:8:6: map: expected a list of texts, `[a, b]`\n");
}

TEST(MapReader, SuggestsTheWordThatWasMeant) {
  EXPECT_EQ(errors_of("word: exchnage",
                      [](MapReader& map) {
                        map.choice("word", {"request", "exchange"}, 0);
                      }),
            "p.yaml:1:7: word: expected one of `request` and `exchange`; did you mean "
            "`exchange`?\n");
}

TEST(MapReader, ReportsWhatIsRequiredAndMissing) {
  const std::string errors = errors_of("{a: 1, b: }", [](MapReader& map) {
    EXPECT_EQ(map.required_text("a"), "1");
    EXPECT_EQ(map.required_text("b"), "");
    EXPECT_EQ(map.required_count("c"), 0u);
    EXPECT_EQ(map.required_duration("d"), 0s);
    EXPECT_EQ(map.required("e"), nullptr);
  });
  EXPECT_EQ(errors,
            "p.yaml:1:1: `b` is missing\n"
            "p.yaml:1:1: `c` is missing\n"
            "p.yaml:1:1: `d` is missing\n"
            "p.yaml:1:1: `e` is missing\n");
}

TEST(MapReader, ReportsKeysThatNobodyAskedForWithASuggestion) {
  const std::string errors = errors_of("tokns: 5\nevery: 1m\nzzzzzz: 1\n", [](MapReader& map) {
    map.count("tokens", 1);
    map.duration("every", 1s);
  });
  EXPECT_EQ(errors,
            "p.yaml:1:1: tokns: unknown key `tokns`; did you mean `tokens`?\n"
            "p.yaml:3:1: zzzzzz: unknown key `zzzzzz`; known: `every` and `tokens`\n");
}

TEST(MapReader, TakesNothingAsAnEmptyMap) {
  EXPECT_EQ(errors_of("", [](MapReader& map) { EXPECT_EQ(map.count("a", 3), 3u); }), "");
}

TEST(MapReader, ReportsOnceThatSomethingIsNoMap) {
  const auto read = [](MapReader& map) {
    map.count("a", 1);
    map.required("b");
  };
  EXPECT_EQ(errors_of("[a]", read), "p.yaml:1:1: expected a map, `key: value`\n");
  EXPECT_EQ(errors_of("text", read), "p.yaml:1:1: expected a map, `key: value`\n");
}

}  // namespace
}  // namespace penstock::config::testing
