#include "config/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

struct Parsed {
  std::optional<Node> root;
  std::string errors;
};

Parsed parse(std::string_view yaml) {
  Diagnostics diagnostics;
  Parsed parsed;
  parsed.root = parse_yaml(yaml, "p.yaml", diagnostics);
  parsed.errors = to_text(diagnostics);
  return parsed;
}

std::string place(const Node& node) {
  return std::to_string(node.where.line) + ":" + std::to_string(node.where.column);
}

TEST(Yaml, KnowsThePlaceAndThePathOfEverything) {
  const Parsed parsed = parse(
      "server:\n"
      "  listen: here\n"
      "  list:\n"
      "    - {\"odd.name\": x}\n"
      "    -  \"two\"\n"
      "empty:\n");
  ASSERT_TRUE(parsed.root) << parsed.errors;
  const auto& [key, server] = parsed.root->members[0];
  EXPECT_EQ(place(key), "1:1");
  EXPECT_EQ(place(server), "1:1");  // a block stands where its key is
  const Node& listen = server.members[0].second;
  EXPECT_EQ(place(listen), "2:11");
  EXPECT_EQ(listen.path, "server.listen");
  EXPECT_EQ(server.members[0].first.path, "server.listen");
  const Node& list = server.members[1].second;
  EXPECT_EQ(place(list.items[0]), "4:7");
  EXPECT_EQ(list.items[0].members[0].second.path, "server.list[0][\"odd.name\"]");
  EXPECT_EQ(place(list.items[1]), "5:8");
  EXPECT_EQ(list.items[1].path, "server.list[1]");
  EXPECT_EQ(place(parsed.root->members[1].second), "6:1");
}

TEST(Yaml, TellsTextsNumbersAndNothingApart) {
  const Parsed parsed = parse("[plain, \"quoted\", 'single', null, ~, , 12, \"null\", |\n  block]");
  const Parsed block = parse("- |\n  block\n  text\n- >-\n  folded\n  text\n");
  ASSERT_TRUE(block.root) << block.errors;
  EXPECT_EQ(block.root->items[0].scalar, "block\ntext\n");
  EXPECT_TRUE(block.root->items[0].quoted);
  EXPECT_EQ(block.root->items[1].scalar, "folded text");
  EXPECT_FALSE(parsed.root);  // a block inside of brackets is a syntax error

  const Parsed flow = parse("[plain, \"quoted\", 'single', null, ~, 12, \"null\"]");
  ASSERT_TRUE(flow.root) << flow.errors;
  const auto& items = flow.root->items;
  EXPECT_FALSE(items[0].quoted);
  EXPECT_TRUE(items[1].quoted);
  EXPECT_TRUE(items[2].quoted);
  EXPECT_EQ(items[3].kind, Node::Kind::kNull);
  EXPECT_EQ(items[4].kind, Node::Kind::kNull);
  EXPECT_EQ(items[5].scalar, "12");
  EXPECT_EQ(items[6].kind, Node::Kind::kScalar);
  EXPECT_EQ(items[6].scalar, "null");
}

TEST(Yaml, TakesAnEmptyDocumentAsNothing) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "---\n...\n", "\xEF\xBB\xBF"}) {
    const Parsed parsed = parse(text);
    ASSERT_TRUE(parsed.root) << text << parsed.errors;
    EXPECT_EQ(parsed.root->kind, Node::Kind::kNull) << text;
    EXPECT_EQ(place(*parsed.root).substr(0, 1).find_first_not_of("123456789"), std::string::npos);
  }
}

TEST(Yaml, ReadsLinesThatEndInCrLf) {
  const Parsed parsed = parse("a: 1\r\nb: 2\r\n");
  ASSERT_TRUE(parsed.root) << parsed.errors;
  EXPECT_EQ(parsed.root->members[1].second.scalar, "2");
  EXPECT_EQ(place(parsed.root->members[1].second), "2:4");
}

TEST(Yaml, ExpandsAliasesWithThePathOfTheirPlace) {
  const Parsed parsed = parse("a: &x {k: [1, 2]}\nb: *x\n");
  ASSERT_TRUE(parsed.root) << parsed.errors;
  const Node& copy = parsed.root->members[1].second;
  EXPECT_EQ(copy.members[0].second.items[1].scalar, "2");
  EXPECT_EQ(copy.members[0].second.items[1].path, "b.k[1]");
  EXPECT_EQ(place(copy.members[0].second.items[1]), "1:15");  // where it is written
}

struct Refusal {
  const char* yaml;
  const char* errors;
};

class RefusedYaml : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedYaml, IsReportedWithItsPlace) {
  EXPECT_EQ(parse(GetParam().yaml).errors, GetParam().errors);
}

INSTANTIATE_TEST_SUITE_P(
    Yaml, RefusedYaml,
    ::testing::Values(
        Refusal{"a: 1\nb: 2\na: 3\n",
                "p.yaml:3:1: a: duplicate key `a`; it stands in line 1 already\n"},
        Refusal{"l:\n  - x: {k: 1, \"k\": 2}\n",
                "p.yaml:2:15: l[0].x.k: duplicate key `k`; it stands in line 2 already\n"},
        Refusal{"a: &x 1\n*x : 2\n\"1\": 3\n",
                "p.yaml:3:1: 1: duplicate key `1`; it stands in line 1 already\n"},
        Refusal{"{[a]: 1}", "p.yaml:1:2: a key must be a text\n"},
        Refusal{"~: 1", "p.yaml:1:1: a key must be a text\n"},
        Refusal{"\"a\\nb\": 1",
                "p.yaml:1:1: a key may hold no control characters and at most 256 bytes\n"},
        Refusal{"a: &x {k: 1}\nb:\n  <<: *x\n",
                "p.yaml:3:3: b: merge keys are not part of YAML 1.2; write the members out\n"},
        Refusal{
            "\"a\\nb\": [!x 1]",
            "p.yaml:1:1: a key may hold no control characters and at most 256 bytes\n"
            "p.yaml:1:10: [\"?\"][0]: YAML tags are not supported; write the value without it\n"},
        Refusal{"a: !!int 1\n",
                "p.yaml:1:4: a: YAML tags are not supported; write the value without it\n"},
        Refusal{"a: 1\n---\nb: 2\n",
                "p.yaml:2:1: a second YAML document; a configuration is one\n"},
        Refusal{"a: &x [*x]\n", "p.yaml:1:8: an alias stands inside of what it repeats\n"},
        Refusal{"a: *x\n", "p.yaml:1:4: syntax error: the referenced anchor is not defined\n"},
        Refusal{"a: [1, 2\n", "p.yaml:2:1: syntax error: end of sequence flow not found\n"},
        Refusal{"a: 1\n  b: 2\n",
                "p.yaml:2:4: syntax error: illegal map value; the line is indented unlike its "
                "neighbours, or a text with `: ` in it needs quotes\n"},
        Refusal{"a: 1\nb\n",
                "p.yaml:2:1: syntax error: end of map not found; a colon is missing, or the line "
                "is indented unlike its neighbours\n"},
        Refusal{"a: \"open\n", "p.yaml:2:1: syntax error: illegal EOF in scalar\n"},
        Refusal{"a: 'open", "p.yaml:1:9: syntax error: illegal EOF in scalar\n"},
        Refusal{"a: @b\n", "p.yaml:1:4: syntax error: unknown token\n"},
        Refusal{"a:\n\tb: 1\n",
                "p.yaml:2:3: syntax error: illegal map value; indent with spaces, not with tabs\n"},
        Refusal{"a: 1\nb: \xff\n", "p.yaml:2:1: this line is not UTF-8 text\n"},
        Refusal{"\xff\xfe"
                "a",
                "p.yaml:1:1: this line is not UTF-8 text\n"}));

TEST(Yaml, RefusesANulByte) {
  EXPECT_EQ(parse(std::string_view("a: 1\nb: \0\n", 10)).errors,
            "p.yaml:2:1: this line is not UTF-8 text\n");
}

}  // namespace
}  // namespace penstock::config::testing
