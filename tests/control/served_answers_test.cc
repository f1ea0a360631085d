#include <sstream>

#include <gtest/gtest.h>

#include "control/fixture.h"
#include "control/openapi_document.h"
#include "support/gateway_process.h"

// What is really answered fits what config/openapi.yaml says of it.

namespace penstock::control::testing {
namespace {

using test::get;
using test::post;

constexpr std::optional<std::string> kFits = std::nullopt;

/// The gateway with its demo upstream.
class ServedAnswers : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(gateway_.started()) << gateway_.errors(); }
  test::Message ask(std::string_view request) const {
    return test::fetch(gateway_.port(), request);
  }

 private:
  test::GatewayProcess gateway_{
      "server: {listen: \"127.0.0.1:0\"}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {demo: {kind: demo, pace: 1ms}}\n"
      "chain: [json_schema]\n"};
};

constexpr const char* kQuestion =
    R"({"model":"demo","max_tokens":3,"messages":[{"role":"user","content":"hello"}])";

TEST_F(ServedAnswers, OfAChatFitTheirSchema) {
  const auto answer = ask(post("/v1/chat/completions", std::string(kQuestion) + "}"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(misfit("ChatCompletion", answer.body), kFits) << answer.body;
}

TEST_F(ServedAnswers, OfAStreamFitTheirSchema) {
  const auto answer = ask(
      post("/v1/chat/completions",
           std::string(kQuestion) + R"(,"stream":true,"stream_options":{"include_usage":true}})"));
  EXPECT_EQ(answer.status(), 200);
  std::istringstream lines(answer.body);
  int chunks = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("data: {")) continue;
    ++chunks;
    const std::string chunk = line.substr(std::string("data: ").size());
    EXPECT_EQ(misfit("ChatCompletionChunk", chunk), kFits) << chunk;
  }
  EXPECT_GE(chunks, 5);  // the role, three words, the end, the usage
}

TEST_F(ServedAnswers, OfEmbeddingsFitTheirSchema) {
  for (const char* format : {"float", "base64"}) {
    const std::string question =
        R"({"model":"demo","input":["a","b"],"encoding_format":")" + std::string(format) + "\"}";
    const auto answer = ask(post("/v1/embeddings", question));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(misfit("EmbeddingList", answer.body), kFits) << answer.body;
  }
}

TEST_F(ServedAnswers, OfModelsFitTheirSchema) {
  const auto list = ask(get("/v1/models"));
  EXPECT_EQ(list.status(), 200);
  EXPECT_EQ(misfit("ModelList", list.body), kFits) << list.body;
  const auto one = ask(get("/v1/models/demo"));
  EXPECT_EQ(one.status(), 200);
  EXPECT_EQ(misfit("Model", one.body), kFits) << one.body;
}

TEST_F(ServedAnswers, OfHealthFitTheirSchema) {
  for (const char* path : {"/livez", "/readyz"}) {
    EXPECT_EQ(misfit("Alive", ask(get(path)).body), kFits) << path;
  }
}

TEST_F(ServedAnswers, OfErrorsFitTheirSchema) {
  for (const std::string& request :
       {post("/v1/chat/completions", "{}"), post("/v1/chat/completions", "no json"),
        get("/v1/chat/completions"), get("/nothing"), std::string("nonsense\r\n\r\n")}) {
    const auto answer = ask(request);
    EXPECT_GE(answer.status(), 400);
    EXPECT_EQ(misfit("Error", answer.body), kFits) << answer.body;
  }
}

TEST(ControlAnswers, FitTheirSchemas) {
  ControlPlane control;
  control.operations.on_check = [](std::string_view) { return misspelt_key(); };
  control.operations.on_reload = [] { return config::Diagnostics{}; };
  EXPECT_EQ(misfit("Alive", control.ask(get("/livez")).body), kFits);
  EXPECT_EQ(misfit("Alive", control.ask(get("/readyz")).body), kFits);
  control.operations.on_not_ready = [] { return std::vector<std::string>{"draining"}; };
  EXPECT_EQ(misfit("NotReady", control.ask(get("/readyz")).body), kFits);
  EXPECT_EQ(misfit("Diagnostics", control.ask(post("/v1/config/check", "")).body), kFits);
  EXPECT_EQ(misfit("Diagnostics", control.ask(post("/v1/config/reload", "")).body), kFits);
  EXPECT_EQ(misfit("Error", control.ask(get("/nothing")).body), kFits);
}

TEST(ControlAnswers, ThatAreNotAsDescribedWouldBeNoticed) {
  EXPECT_NE(misfit("Alive", R"({"status":"not_ready"})"), kFits);
  EXPECT_NE(misfit("NotReady", R"({"status":"not_ready","reasons":[]})"), kFits);
  EXPECT_NE(misfit("Diagnostics", R"({"valid":true,"errors":[{}]})"), kFits);
  EXPECT_NE(misfit("Error", R"({"error":"text"})"), kFits);
}

}  // namespace
}  // namespace penstock::control::testing
