// What json_schema makes of requests, as clients, providers and operators see it.

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

/// A provider that answers every request, behind a gateway with these options of json_schema.
struct Checked {
  explicit Checked(const std::string& options, const std::string& control = {})
      : gateway(
            "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
            "control: {listen: \"127.0.0.1:0\"" +
            control +
            "}\n"
            "upstreams: {provider: {base_url: \"" +
            provider.base_url() +
            "\", api_key: sk-of-the-gateway}}\n"
            "models: {\"*\": {upstream: provider}}\n"
            "chain:\n"
            "  - log: {records: [exchange]}\n"
            "  - json_schema: " +
            options + "\n") {
    provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
    EXPECT_TRUE(gateway.started()) << gateway.errors();
  }

  Message chat(const std::string& members) const {
    return fetch(gateway.port(),
                 post(kChat, R"({"messages":[{"role":"user","content":"a"}],)" + members + "}"));
  }
  /// The record of the one exchange with that verdict.
  nlohmann::json record(const std::string& verdict) const {
    const auto line = gateway.wait_for_log([&verdict](const nlohmann::json& entry) {
      return entry.value("request_verdict", "") == verdict;
    });
    EXPECT_TRUE(line) << "no exchange with the verdict " << verdict;
    return line.value_or(nlohmann::json::object());
  }
  std::string metrics() const { return fetch(gateway.control_port(), get("/metrics")).body; }

  ScriptedUpstream provider;
  GatewayProcess gateway;
};

constexpr const char* kVerdicts = "penstock_schema_verdicts_total{side=\"request\",verdict=";

TEST(RequestSchema, RefusesBeforeTheProviderHearsOfIt) {
  const Checked setup("{request: builtin}");
  const Message answer = setup.chat(R"("model":"m","temperature":"hot")");
  EXPECT_EQ(answer.status(), 400);
  const auto error = error_of(answer);
  EXPECT_EQ(error["message"],
            "invalid type for temperature: expected a number or null, found a string");
  EXPECT_EQ(error["type"], "invalid_request_error");
  EXPECT_EQ(error["param"], "temperature");
  EXPECT_EQ(error["code"], "invalid_type");
  EXPECT_EQ(error["origin"], "gateway");
  EXPECT_EQ(setup.chat(R"("model":"m")").status(), 200);
  EXPECT_EQ(setup.provider.requests().size(), 1u);

  EXPECT_EQ(setup.record("invalid")["error"], error["message"]);
  EXPECT_EQ(setup.record("valid")["status"], 200);
  EXPECT_THAT(setup.metrics(),
              HasSubstr(std::string(kVerdicts) + "\"invalid\",mode=\"enforce\"} 1\n"));
  EXPECT_THAT(setup.metrics(),
              HasSubstr(std::string(kVerdicts) + "\"valid\",mode=\"enforce\"} 1\n"));
}

TEST(RequestSchema, ReportsAndLetsPassByteForByte) {
  const Checked setup("{request: builtin, mode: report}");
  const Message answer = setup.chat(R"("model":"m","temperature":"hot")");
  EXPECT_EQ(answer.status(), 200);
  ASSERT_EQ(setup.provider.requests().size(), 1u);
  EXPECT_EQ(setup.provider.requests()[0].body,
            R"({"messages":[{"role":"user","content":"a"}],"model":"m","temperature":"hot"})");

  const auto record = setup.record("invalid");
  EXPECT_EQ(record["status"], 200);
  EXPECT_EQ(record["request_violation_param"], "temperature");
  EXPECT_EQ(record["request_violation"],
            "invalid type for temperature: expected a number or null, found a string");
  EXPECT_FALSE(record.contains("error"));
  EXPECT_THAT(setup.metrics(),
              HasSubstr(std::string(kVerdicts) + "\"invalid\",mode=\"report\"} 1\n"));
}

TEST(RequestSchema, AddsRulesForSomeModelsAndRoutes) {
  const Checked setup(
      "{also: [{schema: {properties: {temperature: {maximum: 1}}}, models: [fast]},"
      " {schema: {required: [metadata], properties: {metadata: {required: [team]}}},"
      " routes: [chat_completions]}]}");
  const std::string team = R"(,"metadata":{"team":"blue"})";
  EXPECT_EQ(setup.chat(R"("model":"fast","temperature":1)" + team).status(), 200);
  EXPECT_EQ(setup.chat(R"("model":"slow","temperature":2)" + team).status(), 200);

  const Message hot = setup.chat(R"("model":"fast","temperature":1.5)" + team);
  EXPECT_EQ(hot.status(), 400);
  EXPECT_EQ(error_of(hot)["param"], "temperature");
  EXPECT_EQ(error_of(hot)["code"], "decimal_above_max_value");

  const Message nobody = setup.chat(R"("model":"slow","metadata":{})");
  EXPECT_EQ(nobody.status(), 400);
  EXPECT_EQ(error_of(nobody)["message"], "missing required parameter: metadata.team");
  EXPECT_EQ(
      fetch(setup.gateway.port(), post("/v1/embeddings", R"({"model":"m","input":"a"})")).status(),
      200);
}

TEST(RequestSchema, HoldsTheOtherEndpointsToTheirSchemas) {
  const Checked setup("{}");
  const auto ask = [&](std::string_view path, std::string_view body) {
    return fetch(setup.gateway.port(), post(path, body));
  };
  EXPECT_EQ(ask("/v1/responses", R"({"model":"m","input":"a"})").status(), 200);
  EXPECT_EQ(error_of(ask("/v1/responses", R"({"model":"m","input":[{"role":"user"}]})"))["param"],
            "input[0].content");
  EXPECT_EQ(ask("/v1/responses/input_tokens", R"({"model":"m","input":5})").status(), 200);
  EXPECT_EQ(ask("/v1/moderations", R"({"input":["a"]})").status(), 200);
  EXPECT_EQ(error_of(ask("/v1/moderations", R"({"input":[]})"))["code"], "empty_array");
}

TEST(RequestSchema, IsReadAnewWhenItsFileChanges) {
  const TempFolder folder;
  const std::string file = folder.write("team.json", R"({"required":["user"]})");
  const Checked setup("{also: [{file: \"" + file + "\"}]}", ", watch_files: true");
  EXPECT_EQ(setup.chat(R"("model":"m")").status(), 400);
  folder.write("team.json", "true");
  EXPECT_TRUE(eventually([&] { return setup.chat(R"("model":"m")").status() == 200; }));
}

TEST(RequestSchema, ThatCannotBeReadAnewLeavesTheOldOneInPlace) {
  const TempFolder folder;
  const std::string file = folder.write("team.json", R"({"required":["user"]})");
  const Checked setup("{also: [{file: \"" + file + "\"}]}", ", watch_files: false");
  folder.write("team.json", R"({"required":)");
  const Message report = fetch(setup.gateway.control_port(), post("/v1/config/reload", ""));
  EXPECT_EQ(report.status(), 422);
  EXPECT_THAT(report.body, HasSubstr("chain[1].json_schema.also[0].file"));
  EXPECT_EQ(setup.chat(R"("model":"m")").status(), 400);
  EXPECT_EQ(setup.chat(R"("model":"m","user":"u")").status(), 200);
}

}  // namespace
}  // namespace penstock::test
