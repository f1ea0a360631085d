#include "interceptors/json_schema/yaml_json.h"

#include <gtest/gtest.h>

#include "support/config_node.h"

namespace penstock::json_schema {
namespace {

std::string json(std::string_view yaml) {
  return to_json(penstock::test::config_node(yaml));
}

TEST(YamlAsJson, KeepsTheShapeAndTheOrder) {
  EXPECT_EQ(json("{b: [1, {c: }], a: {}, d: []}"), R"({"b":[1,{"c":null}],"a":{},"d":[]})");
}

TEST(YamlAsJson, TakesWhatJsonWouldTakeForANumber) {
  EXPECT_EQ(json("[0, -1, 12, 0.5, -1.25e-3, 1E+9, 10e2]"), "[0,-1,12,0.5,-1.25e-3,1E+9,10e2]");
}

TEST(YamlAsJson, TakesEverythingElseForAText) {
  EXPECT_EQ(
      json("[01, +1, .5, 1., 1e, 1e+, -, 0x10, 1_000, .inf, 1m, '5', 'true', yes, '']"),
      R"(["01","+1",".5","1.","1e","1e+","-","0x10","1_000",".inf","1m","5","true","yes",""])");
}

TEST(YamlAsJson, TakesTheLiteralsWhereTheyAreNotQuoted) {
  EXPECT_EQ(json("[true, false, null, ~, \"null\", 'false']"),
            R"([true,false,null,null,"null","false"])");
}

TEST(YamlAsJson, EscapesTextsAndNames) {
  EXPECT_EQ(json("{\"a\\\"b\": \"c\\n\"}"), R"({"a\"b":"c\n"})");
}

}  // namespace
}  // namespace penstock::json_schema
