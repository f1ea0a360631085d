#include "upstream/provider_error.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "json/document.h"

namespace penstock::upstream {
namespace {

std::string render(std::string body, const std::string& key = "") {
  body.reserve(body.size() + json::kPadding);
  return provider_error_body(body, "req_1", Secret(key));
}

TEST(ProviderError, AnErrorObjectKeepsItsBytesAndGainsOriginAndRequestId) {
  const std::string body =
      "{ \"error\" : {\"message\":\"no\",\"code\":null, \"extra\": 1.50},\n \"more\": [1e2] }";
  const std::string rendered = render(body);
  const auto error = nlohmann::json::parse(rendered)["error"];
  EXPECT_EQ(error["origin"], "provider");
  EXPECT_EQ(error["request_id"], "req_1");
  EXPECT_EQ(error["message"], "no");
  EXPECT_NE(rendered.find("\"extra\": 1.50}"), std::string::npos);
  EXPECT_NE(rendered.find("\n \"more\": [1e2] }"), std::string::npos);
}

TEST(ProviderError, OtherShapesBecomeAnErrorObject) {
  const struct {
    const char* body;
    const char* message;
  } cases[] = {{"<html>502</html>", "<html>502</html>"}, {R"({"detail":"not found"})", "not found"},
               {R"({"error":"plain"})", "plain"},        {R"({"message":"m","code":5})", "m"},
               {"", "the provider gave no reason"},      {"[1]", "[1]"}};
  for (const auto& c : cases) {
    const auto error = nlohmann::json::parse(render(c.body))["error"];
    EXPECT_EQ(error["message"], c.message) << c.body;
    EXPECT_EQ(error["type"], "upstream_error");
    EXPECT_EQ(error["origin"], "provider");
    EXPECT_TRUE(error["param"].is_null());
    EXPECT_TRUE(error["code"].is_null());
  }
}

TEST(ProviderError, AHugeTextIsCut) {
  const auto error = nlohmann::json::parse(render(std::string(1 << 20, 'x')))["error"];
  EXPECT_EQ(error["message"].get<std::string>().size(), 1024u);
}

TEST(ProviderError, OurKeyNeverPasses) {
  const std::string rendered =
      render(R"({"error":{"message":"bad key sk-CANARY-1, really sk-CANARY-1"}})", "sk-CANARY-1");
  EXPECT_EQ(rendered.find("CANARY"), std::string::npos);
  EXPECT_EQ(render("sk-CANARY-1 is wrong", "sk-CANARY-1").find("CANARY"), std::string::npos);
}

}  // namespace
}  // namespace penstock::upstream
