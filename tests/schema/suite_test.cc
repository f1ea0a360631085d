#include "schema/suite.h"

#include <string>

#include <gtest/gtest.h>

#include "schema/slow_validator.h"

namespace penstock::schema::test {
namespace {

/// A folder of the suite, and what of it is left out: cases by "file: schema: test", in whole or
/// the beginning of it.
struct Part {
  std::string name;
  Draft draft;
  std::string folder;
  bool assert_formats = false;
  int least = 0;  // cases that the package of Debian 12 has, less those that are left out
  std::vector<std::string> left_out;
};

// Draft 2019-09 is not read.
const std::string kOtherDraft = "cross-draft: refs to ";
// What contentEncoding and contentMediaType say is a note, as it is in 2020-12.
const std::string kContent = "content: ";
// The names of hosts are checked by their letters, not by the tables of IDNA.
const std::string kALabels = "hostname: validation of A-label (punycode) host names: ";
const std::string kIdnHostname = "idn-hostname: ";
const std::string kIdnEmail = "idn-email: ";

class OfficialSuite : public testing::TestWithParam<Part> {};

TEST_P(OfficialSuite, Agrees) {
  const auto suite = Suite::find();
  if (!suite) GTEST_SKIP() << "neither PENSTOCK_CORPORA nor scripts/test gave the suite";
  const Part& part = GetParam();
  const Tally tally = suite->run(part.draft, part.folder, part.assert_formats, part.left_out);
  RecordProperty("agreed", tally.agreed);
  RecordProperty("left_out", tally.left_out);
  std::printf("%s: %d agreed, %d left out\n", part.name.c_str(), tally.agreed, tally.left_out);
  EXPECT_GE(tally.agreed, part.least);
  for (const std::string& fault : tally.faults) ADD_FAILURE() << fault;
}

// So that what fuzzing compares with is itself right.
TEST(SlowEvaluator, AgreesWithTheSuiteWhereItKnows) {
  const auto suite = Suite::find();
  if (!suite) GTEST_SKIP() << "neither PENSTOCK_CORPORA nor scripts/test gave the suite";
  int known = 0;
  for (const Draft draft : {Draft::k2020_12, Draft::k7}) {
    for (const SuiteGroup& group : suite->groups(draft, "required")) {
      nlohmann::json schema = nlohmann::json::parse(group.schema);
      const bool names_draft = schema.is_object() && schema.contains("$schema");
      if (draft == Draft::k7 && schema.is_object() && !names_draft) {
        schema["$schema"] = "http://json-schema.org/draft-07/schema#";
      }
      for (const SuiteGroup::Case& test : group.cases) {
        const auto verdict = slow_verdict(schema, nlohmann::json::parse(test.instance));
        if (!verdict) continue;
        ++known;
        EXPECT_EQ(*verdict, test.valid) << group.name << ": " << test.name;
      }
    }
  }
  std::printf("the slow evaluator knows %d\n", known);
  EXPECT_GT(known, 1500);
}

INSTANTIATE_TEST_SUITE_P(
    Drafts, OfficialSuite,
    testing::Values(Part{"Required2020_12", Draft::k2020_12, "required", false, 1176, {}},
                    Part{"Required7", Draft::k7, "required", false, 861, {}},
                    Part{"Optional2020_12", Draft::k2020_12, "optional", true, 144, {kOtherDraft}},
                    Part{"Optional7", Draft::k7, "optional", true, 102, {kOtherDraft, kContent}},
                    Part{"Formats2020_12",
                         Draft::k2020_12,
                         "optional-format",
                         true,
                         436,
                         {kALabels, kIdnHostname, kIdnEmail}},
                    Part{"Formats7",
                         Draft::k7,
                         "optional-format",
                         true,
                         383,
                         {kALabels, kIdnHostname, kIdnEmail}}),
    [](const auto& part) { return part.param.name; });

}  // namespace
}  // namespace penstock::schema::test
