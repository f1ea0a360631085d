// Without a configuration file, as in a container.

#include <regex>

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kContainer{"PENSTOCK_LISTEN=0.0.0.0:0",
                                          "PENSTOCK_KEY=", "OPENAI_API_KEY="};

int chat(const GatewayProcess& gateway, const std::string& key) {
  return fetch(gateway.port(), post(kChat, kHello, "Authorization: Bearer " + key + "\r\n"))
      .status();
}

TEST(BuiltIn, OpenToOtherMachinesPrintsAKeyOfItsOwnAndWantsIt) {
  GatewayProcess gateway(std::nullopt, kContainer);
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  std::smatch key;
  const std::string errors = gateway.errors();
  ASSERT_TRUE(std::regex_search(errors, key, std::regex("sk-penstock-[0-9a-f]{48}"))) << errors;
  EXPECT_EQ(chat(gateway, key.str()), 200);
  EXPECT_EQ(chat(gateway, "sk-another"), 401);
  EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello)).status(), 401);

  GatewayProcess other(std::nullopt, kContainer);
  ASSERT_TRUE(other.started()) << other.errors();
  EXPECT_THAT(other.errors(), Not(HasSubstr(key.str())));
}

TEST(BuiltIn, WantsTheKeyThatTheEnvironmentGives) {
  auto environment = kContainer;
  environment[1] = "PENSTOCK_KEY=sk-mine";
  GatewayProcess gateway(std::nullopt, environment);
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_THAT(gateway.errors(), Not(HasSubstr("sk-")));
  EXPECT_EQ(chat(gateway, "sk-mine"), 200);
  EXPECT_EQ(chat(gateway, "sk-another"), 401);
}

TEST(BuiltIn, NamesAnAddressThatIsNone) {
  GatewayProcess gateway(std::nullopt, {"PENSTOCK_LISTEN=nonsense"});
  EXPECT_EQ(gateway.wait_for_exit(), 3);
  EXPECT_THAT(gateway.errors(), HasSubstr("built-in"));
  EXPECT_THAT(gateway.errors(), HasSubstr("server.listen"));
}

}  // namespace
}  // namespace penstock::test
