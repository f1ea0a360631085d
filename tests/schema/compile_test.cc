#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

using testing::HasSubstr;

struct Bad {
  std::string schema;
  std::string complaint;
};

class BadSchema : public testing::TestWithParam<Bad> {};

TEST_P(BadSchema, IsRefusedWithItsPlace) {
  const auto schema = Schema::compile(GetParam().schema);
  ASSERT_FALSE(schema.has_value());
  EXPECT_THAT(schema.error().detail, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadSchema,
    testing::Values(
        Bad{"{", "cannot be read"}, Bad{"", "cannot be read"},
        Bad{"[]", "at : a schema is an object or a boolean"},
        Bad{R"({"properties":{"a":5}})", "at /properties/a: a schema is an object or a boolean"},
        Bad{R"({"type":"string","type":"number"})", "at /type: duplicate keyword"},
        Bad{R"({"properties":{"a":true,"a":false}})", "at /properties: a name stands there twice"},
        Bad{R"({"$schema":"http://json-schema.org/draft-04/schema#"})",
            "at /$schema: unsupported dialect `http://json-schema.org/draft-04/schema#`"},
        Bad{R"({"$defs":{"unused":{"format":5}}})", "at /$defs/unused/format: expected a string"},
        Bad{R"({"$id":"http://x/y#z"})", "at /$id: a fragment is not allowed; use $anchor"},
        Bad{R"({"$defs":{"a":{"$id":"http://x/y"},"b":{"$id":"http://x/y"}}})",
            "/$id: another schema has the URI `http://x/y`"},
        Bad{R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})",
            "another schema has the anchor `x`"},
        Bad{R"({"$anchor":7})", "at /$anchor: expected a string"},
        Bad{R"({"uniqueItems":1})", "at /uniqueItems: expected true or false"},
        Bad{R"({"multipleOf":0})", "at /multipleOf: expected a number above 0"},
        Bad{R"({"prefixItems":[]})", "at /prefixItems: expected at least one schema"},
        Bad{R"({"items":[true]})",
            "at /items: a schema is an object or a boolean; use prefixItems"},
        Bad{R"({"dependentRequired":{"a":"b"}})", "at /dependentRequired: expected an array"},
        Bad{R"({"patternProperties":{"(":true}})", "at /patternProperties: not a pattern"},
        Bad{R"({"$dynamicRef":"#x"})", "at /$dynamicRef: `#x` points to nothing"},
        Bad{R"({"minimum":1e999999})", "a number is out of range"},
        Bad{R"({"type":"strin"})", "at /type: unknown type `strin`"},
        Bad{R"({"type":[]})", "at /type: expected at least one type"},
        Bad{R"({"type":3})", "at /type: expected an array"},
        Bad{R"({"type":["string",3]})", "at /type: expected an array of strings"},
        Bad{R"({"enum":"a"})", "at /enum: expected an array"},
        Bad{R"({"minimum":"1"})", "at /minimum: expected a number"},
        Bad{R"({"minLength":-1})", "at /minLength: expected a whole number"},
        Bad{R"({"maxItems":1.5})", "at /maxItems: expected a whole number"},
        Bad{R"({"maxProperties":1e300})", "at /maxProperties: expected a whole number"},
        Bad{R"x({"pattern":"(?=a)"})x", "at /pattern: unsupported pattern: a look-ahead"},
        Bad{R"({"pattern":7})", "at /pattern: expected a string"},
        Bad{R"({"properties":[]})", "at /properties: expected an object"},
        Bad{R"({"required":"a"})", "at /required: expected an array"},
        Bad{R"({"allOf":[]})", "at /allOf: expected at least one schema"},
        Bad{R"({"anyOf":{}})", "at /anyOf: expected an array"},
        Bad{R"({"$ref":"other.json"})", "at /$ref: no schema with the URI `other.json` was given"},
        Bad{R"({"$ref":"#anchor"})", "at /$ref: `#anchor` points to nothing"},
        Bad{R"({"items":{"$ref":"#/$defs/gone"}})",
            "at /items/$ref: `#/$defs/gone` points to nothing"},
        Bad{R"({"$ref":"#/%zz"})", "points to nothing"},
        Bad{R"({"$ref":5})", "at /$ref: expected a string"},
        Bad{R"({"items":{"$ref":5}})", "at /items/$ref: expected a string"}));

class EndlessSchema : public testing::TestWithParam<std::string> {};

TEST_P(EndlessSchema, IsRefused) {
  const auto schema = Schema::compile(GetParam());
  ASSERT_FALSE(schema.has_value());
  EXPECT_THAT(schema.error().detail,
              testing::AnyOf(HasSubstr("to the same instance"), HasSubstr("in a row")));
}

INSTANTIATE_TEST_SUITE_P(
    Table, EndlessSchema,
    testing::Values(R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})", R"({"not":{"$ref":"#"}})",
                    R"({"if":{"$ref":"#"}})", R"({"if":true,"then":{"anyOf":[{"$ref":"#"}]}})",
                    R"({"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/b"},
                        "b":{"$ref":"#/$defs/a"}}})",
                    R"({"$defs":{"a":{"type":"string","allOf":[{"$ref":"#/$defs/b"}]},
                        "b":{"type":"string","oneOf":[{"$ref":"#/$defs/a"}]}}})"));

TEST(Schema, MayRecurInsideTheInstance) {
  const std::string tree = R"({"type":"object","additionalProperties":{"$ref":"#"}})";
  EXPECT_TRUE(fits(tree, R"({"a":{"b":{"c":{}}}})"));
  EXPECT_EQ(complaint(tree, R"({"a":{"b":{"c":1}}})"), "a.b.c: expected an object, found a number");
}

class ManyNames : public testing::TestWithParam<int> {};

TEST_P(ManyNames, AreEachFound) {
  std::string properties = R"("":{"const":-1})";
  for (int i = 0; i < GetParam(); ++i) {
    const std::string number = std::to_string(i);
    properties += ",\"n" + number + "\":{\"const\":" + number + "}";
  }
  const Schema schema =
      compiled("{\"properties\":{" + properties + "},\"additionalProperties\":false}");
  EXPECT_FALSE(verdict(schema, R"({"":-1})"));
  for (int i = 0; i < GetParam(); ++i) {
    const std::string number = std::to_string(i);
    EXPECT_FALSE(verdict(schema, "{\"n" + number + "\":" + number + "}"));
    EXPECT_TRUE(verdict(schema, "{\"n" + number + "\":-1}"));
    EXPECT_TRUE(verdict(schema, "{\"m" + number + "\":" + number + "}"));
  }
}

// Up to 256 are hashed, more are sorted.
INSTANTIATE_TEST_SUITE_P(Table, ManyNames, testing::Values(1, 255, 256, 2000));

}  // namespace
}  // namespace penstock::schema::test
