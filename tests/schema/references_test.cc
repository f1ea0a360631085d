#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/uri.h"
#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

using testing::HasSubstr;

TEST(Documents, AreReachedByWhereTheyAreAndByTheirId) {
  Documents documents;
  ASSERT_TRUE(documents.add("file:///schemas/id.json", R"({"$id":"https://x/id","minimum":1})"));
  ASSERT_TRUE(documents.add("https://x/list.json", R"({"items":{"$ref":"id"}})"));
  CompileOptions options;
  options.documents = &documents;
  for (const char* reference : {"https://x/id", "file:///schemas/id.json", "https://x/id#"}) {
    const auto schema = Schema::compile("{\"$ref\":\"" + std::string(reference) + "\"}", options);
    ASSERT_TRUE(schema.has_value()) << schema.error().detail;
    EXPECT_FALSE(verdict(*schema, "1"));
    EXPECT_EQ(verdict(*schema, "0")->schema_path, std::string(reference).starts_with("file")
                                                      ? "file:///schemas/id.json#/minimum"
                                                      : "https://x/id#/minimum");
  }
  const auto both = Schema::compile(
      R"({"anyOf":[{"$ref":"file:///schemas/id.json"},{"$ref":"https://x/id"}]})", options);
  EXPECT_TRUE(both.has_value());
}

TEST(Documents, MayGoBeforeTheSchema) {
  auto documents = std::make_unique<Documents>();
  ASSERT_TRUE(documents->add("https://x/a", R"({"enum":["a"]})"));
  CompileOptions options;
  options.documents = documents.get();
  options.base_uri = "https://x/";
  const auto schema = Schema::compile(R"({"$ref":"a"})", options);
  documents.reset();
  EXPECT_FALSE(verdict(*schema, R"("a")"));
  EXPECT_TRUE(verdict(*schema, R"("b")"));
}

TEST(Documents, TellWhatIsWrongWithThem) {
  Documents documents;
  ASSERT_TRUE(documents.add("https://x/a", "true"));
  EXPECT_THAT(documents.add("https://x/a", "true").error().detail, HasSubstr("`https://x/a`"));
  EXPECT_THAT(documents.add("a", "true").error().detail, HasSubstr("not absolute"));
  EXPECT_THAT(documents.add("https://x/b", "{").error().detail, HasSubstr("cannot be read"));
  EXPECT_THAT(documents.add("https://x/c", R"({"$id":"https://x/a"})").error().detail,
              HasSubstr("two schemas have the URI `https://x/a`"));
  EXPECT_TRUE(documents.add("https://x/c", "true"));
}

TEST(Documents, AreNamedInErrorsAboutThem) {
  Documents documents;
  ASSERT_TRUE(documents.add("https://x/a", R"({"items":{"type":"strin"}})"));
  CompileOptions options;
  options.documents = &documents;
  EXPECT_EQ(Schema::compile(R"({"$ref":"https://x/a"})", options).error().detail,
            "at https://x/a#/items/type: unknown type `strin`");
}

TEST(Reference, ReachesTheMetaSchemas) {
  for (const char* uri : {"https://json-schema.org/draft/2020-12/schema",
                          "http://json-schema.org/draft-07/schema#"}) {
    const Schema schema = compiled("{\"$ref\":\"" + std::string(uri) + "\"}");
    EXPECT_FALSE(verdict(schema, R"({"properties":{"a":{"minLength":1}},"required":["a"]})"));
    EXPECT_TRUE(verdict(schema, R"({"properties":{"a":{"minLength":-1}}})")) << uri;
    EXPECT_TRUE(verdict(schema, R"({"not":{"anyOf":[]}})")) << uri;
    EXPECT_TRUE(verdict(schema, R"({"type":["string","string"]})")) << uri;
  }
}

TEST(Reference, NeverReachesTheNetwork) {
  EXPECT_EQ(Schema::compile(R"({"$ref":"https://example.com/schema"})").error().detail,
            "at /$ref: no schema with the URI `https://example.com/schema` was given");
}

TEST(Draft7, ReadsNothingBesideAReference) {
  const Schema schema = compiled(R"({"$schema":"http://json-schema.org/draft-07/schema#",
    "properties":{"a":{"$ref":"#/definitions/n","maximum":1,"type":7}},
    "definitions":{"n":{"type":"number"}}})");
  EXPECT_FALSE(verdict(schema, R"({"a":5})"));
  EXPECT_TRUE(verdict(schema, R"({"a":"x"})"));
}

TEST(Draft7, IsWhatTheOptionSays) {
  CompileOptions options;
  options.draft = Draft::k7;
  const auto schema =
      Schema::compile(R"({"items":[{"type":"string"}],"additionalItems":false})", options);
  ASSERT_TRUE(schema.has_value());
  EXPECT_FALSE(verdict(*schema, R"(["a"])"));
  EXPECT_EQ(verdict(*schema, R"(["a",1])")->instance_path, "[1]");
}

TEST(Warnings, NameTheKeywordThatWasMeant) {
  const Schema schema = compiled(R"({"requried":["a"],"x-note":1,
    "properties":{"a/b":{"nullable":true,"additionalItems":false}}})");
  EXPECT_THAT(
      schema.warnings(),
      testing::ElementsAre(
          "at /requried: unknown keyword `requried`; did you mean `required`?",
          "at /properties/a~1b/nullable: unknown keyword `nullable`",
          "at /properties/a~1b/additionalItems: the keyword `additionalItems` means nothing "
          "under this $schema"));
  EXPECT_TRUE(compiled(R"({"title":"t","$comment":"c","examples":[],"contentEncoding":"x"})")
                  .warnings()
                  .empty());
}

struct Resolution {
  std::string base;
  std::string reference;
  std::string uri;
};

class Uris : public testing::TestWithParam<Resolution> {};

TEST_P(Uris, AreResolved) {
  EXPECT_EQ(resolve_uri(GetParam().base, GetParam().reference), GetParam().uri);
}

// Of the examples of RFC 3986 section 5.4, and what schemas have besides.
INSTANTIATE_TEST_SUITE_P(
    Table, Uris,
    testing::Values(Resolution{"http://a/b/c/d;p?q", "g:h", "g:h"},
                    Resolution{"http://a/b/c/d;p?q", "./g", "http://a/b/c/g"},
                    Resolution{"http://a/b/c/d;p?q", "/g", "http://a/g"},
                    Resolution{"http://a/b/c/d;p?q", "//g", "http://g"},
                    Resolution{"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
                    Resolution{"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"},
                    Resolution{"http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y#s"},
                    Resolution{"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
                    Resolution{"http://a/b/c/d;p?q", "..", "http://a/b/"},
                    Resolution{"http://a/b/c/d;p?q", "../..", "http://a/"},
                    Resolution{"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
                    Resolution{"http://a/b/c/d;p?q", "./g/.", "http://a/b/c/g/"},
                    Resolution{"http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"},
                    Resolution{"http://a/b/c/d;p?q", "g..", "http://a/b/c/g.."},
                    Resolution{"http://a", "g", "http://a/g"},
                    Resolution{"urn:uuid:1", "#a", "urn:uuid:1#a"}, Resolution{"", "a/b", "a/b"}));

}  // namespace
}  // namespace penstock::schema::test
