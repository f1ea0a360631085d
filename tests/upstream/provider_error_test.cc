#include "upstream/provider_error.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "upstream/redact.h"

namespace penstock::upstream {
namespace {

std::string render(const std::string& body, const std::string& key = "") {
  config::UpstreamOptions upstream;
  upstream.api_key = Secret(key);
  return provider_error_body(body, "req_1", upstream);
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

TEST(Redact, TakesOutWhatIsOursAndNothingElse) {
  config::UpstreamOptions upstream;
  upstream.api_key = Secret("sk-CANARY");
  upstream.base_url.host = "llm.internal";
  upstream.base_url.port = 8000;
  EXPECT_EQ(redact("sk-CANARYsk-CANARY at http://llm.internal:8000/v1", upstream),
            "[key][key] at http://[upstream]/v1");
  EXPECT_EQ(redact("for org-AbCdEfGh12, \"proj_12345678\"", upstream),
            "for [account], \"[account]\"");
  const std::string plain = "org-wide, cyborg-AbCdEfGh12, org- and llm.internal";
  EXPECT_EQ(redact(plain, upstream), plain);
  upstream.passthrough = true;
  EXPECT_EQ(redact("org-AbCdEfGh12", upstream), "org-AbCdEfGh12");
}

}  // namespace
}  // namespace penstock::upstream
