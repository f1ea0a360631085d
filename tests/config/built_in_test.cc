#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

Loaded load_built_in(Environment given) {
  Diagnostics diagnostics;
  Loaded loaded;
  loaded.config = built_in(given, diagnostics);
  loaded.errors = to_text(diagnostics);
  return loaded;
}

void expect_usual_chain(const Config& config) {
  EXPECT_TRUE(config.auth_none);
  EXPECT_EQ(
      describe(config)["chain"],
      nlohmann::json::parse(
          R"([{"log": {"records": ["exchange"]}}, {"json_schema": {"request": "builtin"}}])"));
  EXPECT_EQ(config.origin, "built-in");
  EXPECT_EQ(config.server.listen.host, "127.0.0.1");
}

TEST(BuiltInConfiguration, ServesOpenaiAndTheDemoWhenThereIsAKey) {
  const auto loaded = load_built_in(environment);
  ASSERT_EQ(loaded.errors, "");
  const UpstreamOptions& openai = loaded.config.upstreams.at("openai");
  EXPECT_EQ(openai.api_key.reveal(), "sk-openai");
  EXPECT_EQ(openai.base_url.authority() + openai.base_url.path, "api.openai.com/v1");
  EXPECT_EQ(find_target(loaded.config, "gpt-4o").upstream, "openai");
  EXPECT_EQ(find_target(loaded.config, "demo").upstream, "demo");
  expect_usual_chain(loaded.config);
}

TEST(BuiltInConfiguration, ServesTheDemoAloneWithoutAKey) {
  const auto without = [](const std::string&) -> std::optional<std::string> { return {}; };
  const auto empty = [](const std::string&) -> std::optional<std::string> { return ""; };
  for (const Environment given : {Environment(without), Environment(empty)}) {
    const auto loaded = load_built_in(given);
    ASSERT_EQ(loaded.errors, "");
    EXPECT_EQ(loaded.config.upstreams.size(), 1u);
    EXPECT_EQ(loaded.config.upstreams.at("demo").kind, UpstreamOptions::Kind::kDemo);
    EXPECT_EQ(find_target(loaded.config, "anything").upstream, "demo");
    expect_usual_chain(loaded.config);
  }
}

TEST(BuiltInConfiguration, ListensWhereTheEnvironmentSaysAndThenWantsAKey) {
  const auto with_key = load_built_in([](const std::string& name) -> std::optional<std::string> {
    if (name == "PENSTOCK_LISTEN") return "0.0.0.0:4000";
    if (name == "PENSTOCK_KEY") return "sk-of-clients";
    return std::nullopt;
  });
  ASSERT_EQ(with_key.errors, "");
  EXPECT_EQ(with_key.config.server.listen.host, "0.0.0.0");
  EXPECT_FALSE(with_key.config.auth_none);
  EXPECT_EQ(describe(with_key.config)["chain"][1]["auth"]["keys"][0]["key"], "sk-of-clients");

  const auto without = load_built_in([](const std::string& name) -> std::optional<std::string> {
    if (name == "PENSTOCK_LISTEN") return "0.0.0.0:4000";
    return std::nullopt;
  });
  EXPECT_THAT(without.errors, HasSubstr("other machines can connect here"));
}

TEST(BuiltInConfiguration, TakesTheAddressFromTheEnvironment) {
  const auto loaded = load_built_in([](const std::string& name) -> std::optional<std::string> {
    if (name == "OPENAI_API_KEY") return "k";
    if (name == "OPENAI_BASE_URL") return "http://localhost:8000/v1";
    return std::nullopt;
  });
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(loaded.config.upstreams.at("openai").base_url.authority(), "localhost:8000");
}

TEST(BuiltInConfiguration, ReportsAnAddressThatIsNone) {
  const auto loaded =
      load_built_in([](const std::string&) -> std::optional<std::string> { return "nonsense"; });
  EXPECT_THAT(loaded.errors, HasSubstr("built-in:"));
  EXPECT_THAT(loaded.errors, HasSubstr("upstreams.openai.base_url: "));
}

}  // namespace
}  // namespace penstock::config::testing
