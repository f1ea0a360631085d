// POST /v1/schema/validate.

#include "control/schema_validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/fixture.h"
#include "control/openapi_document.h"

namespace penstock::control::testing {
namespace {

using nlohmann::json;
using test::post;
using ::testing::HasSubstr;

constexpr const char* kPath = "/v1/schema/validate";

json results_of(const std::string& body) {
  const ControlPlane control;
  const auto answer = control.ask(post(kPath, body));
  EXPECT_EQ(answer.status(), 200) << answer.body;
  EXPECT_EQ(answer.field("content-type"), "application/json");
  EXPECT_EQ(misfit("SchemaResults", answer.body), std::nullopt) << answer.body;
  return json_of(answer).value("results", json::array());
}

std::vector<bool> verdicts(const std::string& body) {
  std::vector<bool> valid;
  for (const json& result : results_of(body)) {
    valid.push_back(result["valid"]);
    EXPECT_EQ(result["errors"].empty(), result["valid"].get<bool>());
  }
  return valid;
}

TEST(SchemaValidation, JudgesEveryInstance) {
  const json results = results_of(
      R"({"schema":{"properties":{"a":{"type":"string"}}},"instances":[{"a":"x"},{"a":5},7]})");
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0]["valid"], true);
  EXPECT_EQ(results[2]["valid"], true);
  const json& error = results[1]["errors"][0];
  EXPECT_EQ(error["instance_pointer"], "/a");
  EXPECT_EQ(error["param"], "a");
  EXPECT_EQ(error["schema_path"], "/properties/a/type");
  EXPECT_EQ(error["keyword"], "type");
  EXPECT_EQ(error["message"], "expected a string, found a number");
}

TEST(SchemaValidation, TakesAnInstanceAlone) {
  EXPECT_EQ(verdicts(R"({"schema":false,"instance":null})"), std::vector{false});
  EXPECT_EQ(verdicts(R"({"schema":true,"instances":[]})"), std::vector<bool>{});
}

TEST(SchemaValidation, JudgesNumbersAsTheyAreWritten) {
  EXPECT_EQ(verdicts(R"({"schema":{"multipleOf":3},"instances":[123456789012345678901234567890,)"
                     R"(123456789012345678901234567891]})"),
            (std::vector{true, false}));
}

TEST(SchemaValidation, TakesDraftFormatsAndRefs) {
  EXPECT_EQ(verdicts(R"({"draft":"7","schema":{"items":[{"type":"string"}]},"instance":[1]})"),
            std::vector{false});
  const std::string text = R"("schema":{"format":"ipv4"},"instance":"a")";
  EXPECT_EQ(verdicts("{" + text + "}"), std::vector{true});
  EXPECT_EQ(verdicts("{\"formats\":true," + text + "}"), std::vector{false});
  EXPECT_EQ(verdicts(R"({"schema":{"$ref":"urn:a"},"refs":{"urn:a":{"$ref":"urn:b"},)"
                     R"("urn:b":{"type":"string"}},"instances":["a",1]})"),
            (std::vector{true, false}));
}

struct Refused {
  std::string body;
  std::string param;
  std::string message;
};

TEST(SchemaValidation, RefusesAQuestionThatIsNotAsDescribed) {
  const ControlPlane control;
  for (const Refused& refused : {
           Refused{"", "", "not valid JSON"},
           Refused{"[]", "", "must be a JSON object"},
           Refused{R"({"instance":1})", "schema", "`schema` is missing"},
           Refused{R"({"schema":true})", "instances", "one of `instance` and `instances`"},
           Refused{R"({"schema":true,"instance":1,"instances":[]})", "instance", "one of"},
           Refused{R"({"schema":true,"instances":{}})", "instances", "must be an array"},
           Refused{R"({"schema":true,"instnce":1})", "instnce", "did you mean `instance`?"},
           Refused{R"({"schema":true,"schema":true,"instance":1})", "schema", "given twice"},
           Refused{R"({"schema":true,"instance":1,"draft":"6"})", "draft", "\"2020-12\" or \"7\""},
           Refused{R"({"schema":true,"instance":1,"draft":7})", "draft", "must be a text"},
           Refused{R"({"schema":true,"instance":1,"formats":1})", "formats", "true or false"},
           Refused{R"({"schema":true,"instance":1,"refs":[]})", "refs", "an object of documents"},
           Refused{R"({"schema":true,"instance":1,"refs":{"a":true}})", "refs.a", "not usable"},
           Refused{R"({"schema":{"type":"strin"},"instance":1})", "schema", "at /type"},
           Refused{R"({"schema":{"$ref":"http://127.0.0.1/a"},"instance":1})", "schema", "$ref"},
       }) {
    const auto answer = control.ask(post(kPath, refused.body));
    EXPECT_EQ(answer.status(), 400) << refused.body;
    const json error = error_of(answer);
    EXPECT_EQ(error["param"], refused.param.empty() ? json() : json(refused.param)) << refused.body;
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr(refused.message)) << refused.body;
    EXPECT_EQ(misfit("Error", answer.body), std::nullopt) << answer.body;
  }
}

TEST(SchemaValidation, BoundsHowMuchIsAsked) {
  const auto list = [](int count) {
    std::string text = "1";
    for (int i = 1; i < count; ++i) text += ",1";
    return R"({"schema":true,"instances":[)" + text + "]}";
  };
  const ControlPlane control;
  EXPECT_EQ(control.ask(post(kPath, list(1000))).status(), 200);
  EXPECT_THAT(error_of(control.ask(post(kPath, list(1001))))["message"].get<std::string>(),
              HasSubstr("at most 1000"));
  std::string refs;
  for (int i = 0; i < 257; ++i) refs += (i > 0 ? ",\"urn:" : "\"urn:") + std::to_string(i) + "\":1";
  const auto answer =
      control.ask(post(kPath, R"({"schema":true,"instance":1,"refs":{)" + refs + "}}"));
  EXPECT_THAT(error_of(answer)["message"].get<std::string>(), HasSubstr("at most 256"));
}

// Both branches descend into the same member: 2^40 steps for each instance without a bound.
TEST(SchemaValidation, EndsForASchemaThatRepeatsItself) {
  const std::string branches = R"({"properties":{"a":{"$ref":"#"}},"required":["b"]},)"
                               R"({"properties":{"a":{"$ref":"#"}},"required":["c"]})";
  std::string instance = "1";
  for (int i = 0; i < 40; ++i) instance = R"({"a":)" + instance + "}";
  std::string instances = instance;
  for (int i = 0; i < 2; ++i) instances += "," + instance;
  const json results =
      results_of(R"({"schema":{"anyOf":[)" + branches + R"(]},"instances":[)" + instances + "]}");
  ASSERT_EQ(results.size(), 3u);
  for (const json& result : results) EXPECT_EQ(result["errors"][0]["keyword"], "limit");
}

TEST(SchemaValidation, GivesUpWhenItsTimeIsOver) {
  const auto answer =
      validate_instances(R"({"schema":true,"instance":1})", std::chrono::milliseconds(0));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "limit");
}

}  // namespace
}  // namespace penstock::control::testing
