#include "schema/suite.h"

#include <string>

#include <gtest/gtest.h>

namespace penstock::schema::test {
namespace {

/// A folder of the suite, and what of it is left out: cases by "file: schema: test", in whole or
/// the beginning of it.
struct Part {
  std::string name;
  Draft draft;
  std::string folder;
  bool assert_formats = false;
  std::vector<std::string> left_out;
};

class OfficialSuite : public testing::TestWithParam<Part> {};

TEST_P(OfficialSuite, Agrees) {
  const auto suite = Suite::find();
  if (!suite) GTEST_SKIP() << "neither PENSTOCK_CORPORA nor scripts/test gave the suite";
  const Part& part = GetParam();
  const Tally tally = suite->run(part.draft, part.folder, part.assert_formats, part.left_out);
  RecordProperty("agreed", tally.agreed);
  RecordProperty("left_out", tally.left_out);
  std::printf("%s: %d agreed, %d left out\n", part.name.c_str(), tally.agreed, tally.left_out);
  EXPECT_GT(tally.agreed, 0);
  for (const std::string& fault : tally.faults) ADD_FAILURE() << fault;
}

INSTANTIATE_TEST_SUITE_P(
    Drafts, OfficialSuite,
    testing::Values(Part{"Required2020_12", Draft::k2020_12, "required", false, {}},
                    Part{"Required7", Draft::k7, "required", false, {}}),
    [](const auto& part) { return part.param.name; });

}  // namespace
}  // namespace penstock::schema::test
