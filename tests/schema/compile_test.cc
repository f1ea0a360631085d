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
        Bad{R"({"patternProperties":{}})", "at /patternProperties: unsupported keyword"},
        Bad{R"({"items":{"uniqueItems":true}})", "at /items/uniqueItems: unsupported keyword"},
        Bad{R"({"$defs":{"unused":{"format":"date"}}})",
            "at /$defs/unused/format: unsupported keyword"},
        Bad{R"({"properties":{"a/b~c":{"typ":"string"}}})",
            "at /properties/a~1b~0c/typ: unsupported keyword"},
        Bad{R"({"then":{"minContains":1}})", "at /then/minContains: unsupported keyword"},
        Bad{R"({"items":{"$id":"x"}})", "at /items/$id: unsupported keyword below the root"},
        Bad{R"({"type":"string","type":"number"})", "at /type: duplicate keyword"},
        Bad{R"({"properties":{"a":true,"a":false}})", "at /properties: a name stands there twice"},
        Bad{R"({"$schema":"http://json-schema.org/draft-07/schema#"})",
            "at /$schema: unsupported dialect"},
        Bad{R"({"type":"strin"})", "at /type: unknown type `strin`"},
        Bad{R"({"type":[]})", "at /type: expected at least one type"},
        Bad{R"({"type":3})", "at /type: expected an array"},
        Bad{R"({"type":["string",3]})", "at /type: expected an array of strings"},
        Bad{R"({"enum":"a"})", "at /enum: expected an array"},
        Bad{R"({"enum":["a"],"const":"a"})", "at /const: const and enum exclude each other"},
        Bad{R"({"minimum":"1"})", "at /minimum: expected a number"},
        Bad{R"({"minLength":-1})", "at /minLength: expected a whole number"},
        Bad{R"({"maxItems":1.5})", "at /maxItems: expected a whole number"},
        Bad{R"({"maxProperties":1e300})", "at /maxProperties: expected a whole number"},
        Bad{R"x({"pattern":"(?=a)"})x", "at /pattern: unsupported pattern"},
        Bad{R"({"pattern":7})", "at /pattern: expected a string"},
        Bad{R"({"properties":[]})", "at /properties: expected an object"},
        Bad{R"({"required":"a"})", "at /required: expected an array"},
        Bad{R"({"allOf":[]})", "at /allOf: expected at least one schema"},
        Bad{R"({"anyOf":{}})", "at /anyOf: expected an array"},
        Bad{R"({"items":[{}]})", "at /items: a schema is an object or a boolean"},
        Bad{R"({"$ref":"other.json"})", "at /$ref: unsupported reference `other.json`"},
        Bad{R"({"$ref":"#anchor"})", "at /$ref: unsupported reference `#anchor`"},
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

TEST(Schema, RefusesMoreNamesThanItsTablesHold) {
  std::string names;
  for (int i = 0; i < 257; ++i) names += (i > 0 ? ",\"n" : "\"n") + std::to_string(i) + "\":{}";
  const auto schema = Schema::compile("{\"properties\":{" + names + "}}");
  ASSERT_FALSE(schema.has_value());
  EXPECT_THAT(schema.error().detail, HasSubstr("more than 256 names"));
}

TEST(Schema, FindsEachOfManyNames) {
  std::string properties = R"("":{"const":-1})";
  for (int i = 0; i < 255; ++i) {
    const std::string number = std::to_string(i);
    properties += ",\"n" + number + "\":{\"const\":" + number + "}";
  }
  const Schema schema =
      compiled("{\"properties\":{" + properties + "},\"additionalProperties\":false}");
  EXPECT_FALSE(verdict(schema, R"({"":-1})"));
  for (int i = 0; i < 255; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_FALSE(verdict(schema, "{\"n" + number + "\":" + number + "}"));
    EXPECT_TRUE(verdict(schema, "{\"n" + number + "\":-1}"));
    EXPECT_TRUE(verdict(schema, "{\"m" + number + "\":" + number + "}"));
  }
}

}  // namespace
}  // namespace penstock::schema::test
