// What holds for every schema and every text: an incremental verdict is never harsher than the
// whole one, never later than the last byte, and as early as a search of all completions says.

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "schema/prefix.h"
#include "schema/suite.h"
#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

/// Keeps the search small: strings and names are short, and made of letters.
class Short final : public TextEvents {
 public:
  explicit Short(std::size_t characters) : left_(characters) {}
  std::size_t left() const noexcept { return left_; }

 private:
  bool begin(TypeSet) override {
    left_ = kMost;
    return true;
  }
  std::size_t piece(std::string_view text) override {
    const bool letters = text.find_first_of("[]{}:,") == std::string_view::npos;
    if (!letters || left_ < text.size()) return 0;
    left_ -= text.size();
    return text.size();
  }
  bool end() override { return true; }
  bool begin_name() override {
    left_ = kMost;
    return true;
  }
  bool end_name() override { return true; }
  bool next() override { return true; }

  static constexpr std::size_t kMost = 4;
  std::size_t left_;
};

struct Search {
  std::string schema;
  std::string alphabet;
  std::size_t longest;  // text
  std::size_t slack;    // bytes that a beginning may lack, beside those that close what is open
};

void PrintTo(const Search& search, std::ostream* out) {
  *out << search.schema;
}

/// Tries all beginnings of JSON texts over a small alphabet.
class AllTexts : public testing::TestWithParam<Search> {
 protected:
  /// Whether the beginning can become valid; compares the verdict on it on the way back.
  bool explore(const std::string& text, const TextReader& reader, const PrefixValidator& prefix,
               bool refused, std::size_t characters) {
    ++visited_;
    bool can_become = fits_whole(*schema_, text);
    for (const char byte : GetParam().alphabet) {
      if (text.size() == GetParam().longest) break;
      TextReader next_reader = reader;
      Short events(characters);
      if (!next_reader.feed(std::string_view(&byte, 1), events)) continue;
      PrefixValidator next_prefix = prefix;
      const bool next_refused = refused || next_prefix.feed(std::string_view(&byte, 1)).has_value();
      can_become =
          explore(text + byte, next_reader, next_prefix, next_refused, events.left()) || can_become;
    }
    const auto opens = [](char c) { return c == '[' || c == '{'; };
    const auto open = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), opens));
    if (text.size() + open + GetParam().slack <= GetParam().longest) {
      EXPECT_EQ(refused, !can_become) << text;
      ++compared_;
    } else {
      EXPECT_FALSE(refused && can_become) << text;
    }
    return can_become;
  }

  std::optional<Schema> schema_;
  int visited_ = 0;
  int compared_ = 0;
};

TEST_P(AllTexts, AreRefusedAtTheFirstByteThatLeavesNoWayOn) {
  schema_ = compiled(GetParam().schema);
  const PrefixPlan plan(schema_->plan());
  explore("", TextReader(), PrefixValidator(plan), false, 0);
  EXPECT_GT(compared_, 8);
  RecordProperty("visited", visited_);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AllTexts,
    testing::Values(
        Search{R"({"type":"array","items":{"type":"array","maxItems":1},"maxItems":2})", "[],", 11,
               2},
        Search{R"({"type":"array","items":{"enum":["a","ab","bb"]},"maxItems":2})", "[],\"ab", 9,
               3},
        Search{R"({"type":"array","prefixItems":[{"type":"string"},{"type":"array"}],)"
               R"("items":false})",
               "[],\"a", 9, 2},
        Search{R"({"type":"object","properties":{"a":{"type":"integer"},"ab":{"const":1}},)"
               R"("additionalProperties":false})",
               "{}:,\"ab1", 12, 6},
        Search{R"({"oneOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"],)"
               R"("additionalProperties":false},{"type":"object","properties":{"b":{"const":2}},)"
               R"("required":["b"],"additionalProperties":false}]})",
               "{}:,\"ab12", 11, 6},
        Search{R"({"anyOf":[{"const":"ab"},{"type":"array","items":{"const":"b"}}]})", "[],\"ab", 9,
               3},
        Search{R"({"type":"string","maxLength":2,"minLength":1})", "\"ab", 6, 2},
        Search{R"({"type":["null","boolean"],"enum":[true,"x",null]})", "01truefalsn", 6, 4},
        Search{R"({"allOf":[{"maxItems":1},{"items":{"type":"null"}}],"type":"array"})", "[],nul",
               9, 4}));

using nlohmann::json;

/// Schemas and instances made by chance, the same ones in every run.
class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }
  bool once_in(std::size_t times) { return below(times) == 0; }

  json value(int depth) {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return once_in(2);
      case 2:
        return static_cast<int>(below(8)) - 2;
      case 3:
        return static_cast<double>(below(20)) / 4;
      case 4:
      case 5:
        return word();
      case 6: {
        json list = json::array();
        for (std::size_t i = below(4); i > 0; --i) list.push_back(value(depth - 1));
        return list;
      }
      default: {
        json map = json::object();
        for (std::size_t i = below(4); i > 0; --i) map[word()] = value(depth - 1);
        return map;
      }
    }
  }

  std::string word() {
    static const std::vector<std::string> words{"a", "ab",  "abc", "b",
                                                "é", "x\n", "",    "\U0001F600"};
    return words[below(words.size())];
  }

  json schema(int depth) {
    if (once_in(20)) return once_in(2);
    json schema = json::object();
    for (std::size_t rules = 1 + below(3); rules > 0; --rules) add_rule(schema, depth);
    return schema;
  }

 private:
  json schemas(int depth) {
    json list = json::array({schema(depth - 1)});
    while (once_in(2)) list.push_back(schema(depth - 1));
    return list;
  }

  void add_rule(json& schema_, int depth) {
    static const std::vector<std::string> types{"null",   "boolean", "object", "array",
                                                "string", "integer", "number"};
    switch (below(depth > 0 ? 26 : 12)) {
      case 0:
      case 1:
        schema_["type"] = types[below(types.size())];
        break;
      case 2:
        schema_["type"] = {types[below(3)], types[3 + below(4)]};
        break;
      case 3:
        schema_["enum"] = {value(1), value(0), word()};
        break;
      case 4:
        schema_["const"] = value(1);
        break;
      case 5:
        schema_["minimum"] = value_number();
        break;
      case 6:
        schema_["exclusiveMaximum"] = value_number();
        break;
      case 7:
        schema_["multipleOf"] = 0.5;
        break;
      case 8:
        schema_["maxLength"] = below(3);
        break;
      case 9:
        schema_["minLength"] = below(3);
        break;
      case 10:
        schema_["pattern"] = once_in(2) ? "^a" : "b";
        break;
      case 11:
        schema_["required"] = json::array({word()});
        break;
      case 12:
        schema_["items"] = schema(depth - 1);
        break;
      case 13:
        schema_["prefixItems"] = schemas(depth);
        break;
      case 14:
        schema_[once_in(2) ? "maxItems" : "minItems"] = below(3);
        break;
      case 15:
        schema_[once_in(2) ? "maxProperties" : "minProperties"] = below(3);
        break;
      case 16:
      case 17:
        schema_["properties"] = {{word(), schema(depth - 1)}, {word(), schema(depth - 1)}};
        break;
      case 18:
        schema_["additionalProperties"] = once_in(2) ? json(false) : schema(depth - 1);
        break;
      case 19:
        schema_["patternProperties"] = {{"^a", schema(depth - 1)}};
        break;
      case 20:
        schema_["allOf"] = schemas(depth);
        break;
      case 21:
        schema_["anyOf"] = schemas(depth);
        break;
      case 22:
        schema_["oneOf"] = schemas(depth);
        break;
      case 23:
        schema_[once_in(2) ? "not" : "contains"] = schema(depth - 1);
        break;
      case 24:
        schema_["if"] = schema(depth - 1);
        schema_["then"] = schema(depth - 1);
        break;
      default:
        schema_[once_in(2) ? "unevaluatedItems" : "unevaluatedProperties"] = schema(depth - 1);
    }
  }

  json value_number() { return static_cast<double>(below(12)) / 2 - 1; }

  std::mt19937 random_;
};

TEST(PrefixProperties, AreNeverHarsherThanTheVerdictOnTheWholeText) {
  Chance chance(20261122);
  int fitting = 0;
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const json written = chance.schema(3);
    const auto schema = Schema::compile(written.dump());
    if (!schema) continue;
    const PrefixPlan plan(schema->plan());
    for (int instance = 0; instance < 8; ++instance) {
      const std::string text =
          chance.value(3).dump(chance.once_in(2) ? -1 : 1, ' ', chance.once_in(2));
      const bool fits = fits_whole(*schema, text);
      const Reading whole = read_prefix(plan, text, text.size());
      const std::size_t step = 1 + chance.below(3);
      const Reading cut = read_prefix(plan, text, step);
      EXPECT_FALSE(fits && whole.violation) << written << " <- " << text;
      EXPECT_EQ(cut.offset, whole.offset) << written << " <- " << text << " by " << step;
      EXPECT_EQ(cut.violation.has_value(), whole.violation.has_value()) << written << text;
      fitting += fits;
      refused += whole.violation.has_value();
    }
  }
  EXPECT_GT(fitting, 2000);
  EXPECT_GT(refused, 2000);
}

// Of the official suite: no valid instance is refused, wherever the text is cut.
TEST(PrefixProperties, TakeEveryValidInstanceOfTheOfficialSuite) {
  const auto suite = Suite::find();
  if (!suite) GTEST_SKIP() << "neither PENSTOCK_CORPORA nor scripts/test gave the suite";
  const Documents documents = suite->documents();
  int valid = 0;
  int early = 0;
  for (const Draft draft : {Draft::k7, Draft::k2020_12}) {
    for (const SuiteGroup& group : suite->groups(draft, "required")) {
      CompileOptions options;
      options.draft = draft;
      options.documents = &documents;
      const auto schema = Schema::compile(group.schema, options);
      ASSERT_TRUE(schema) << group.name << ": " << schema.error().detail;
      const PrefixPlan plan(schema->plan());
      for (const SuiteGroup::Case& one : group.cases) {
        const Reading reading = read_prefix(plan, one.instance, 1);
        EXPECT_FALSE(one.valid && reading.violation)
            << group.name << ": " << one.name << ": " << reading.violation->message;
        valid += one.valid;
        early += reading.violation.has_value();
      }
    }
  }
  EXPECT_GT(valid, 1000);
  EXPECT_GT(early, 500);
}

}  // namespace
}  // namespace penstock::schema::test
