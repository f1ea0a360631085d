// The folder of what outlives the process.

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <unistd.h>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

std::string config_with(const std::string& server) {
  return "server: {listen: \"127.0.0.1:0\", threads: 1" + server +
         "}\ncontrol: {listen: \"127.0.0.1:0\"}\nupstreams: {demo: {kind: demo}}\n";
}

TEST(StateFolder, ThatCannotBeUsedIsAnErrorAtTheStart) {
  GatewayProcess gateway(config_with(", state_dir: /nowhere/at/all"));
  EXPECT_EQ(gateway.wait_for_exit(), 1);
  EXPECT_THAT(gateway.errors(), HasSubstr("penstock: server.state_dir: cannot use the folder "
                                          "`/nowhere/at/all`: No such file or directory; make it"));
}

TEST(StateFolder, BelongsToOneGatewayAtATime) {
  const TempFolder folder;
  const std::string config = config_with(", state_dir: " + folder.path());
  GatewayProcess first(config);
  ASSERT_TRUE(first.started()) << first.errors();
  GatewayProcess second(config);
  EXPECT_EQ(second.wait_for_exit(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("server.state_dir: another process uses the folder"));
  EXPECT_EQ(first.stop(), 0);
  GatewayProcess third(config);
  EXPECT_TRUE(third.started()) << third.errors();
}

TEST(StateFolder, IsThatOfSystemdWhereNothingIsSaid) {
  const TempFolder folder;
  GatewayProcess gateway(config_with(""), {"STATE_DIRECTORY=" + folder.path()});
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_EQ(::access((folder.path() + "/limits.journal").c_str(), F_OK), 0);
}

/// What the one limit has taken by now.
std::uint64_t taken(const GatewayProcess& gateway) {
  const auto answer = fetch(gateway.control_port(), get("/v1/limits"));
  const auto report = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!report.is_object() || report["limits"][0]["meters"].empty()) return 0;
  const auto& meter = report["limits"][0]["meters"][0];
  return meter["used"].get<std::uint64_t>() + meter["reserved"].get<std::uint64_t>();
}

class KeptBudget : public ::testing::TestWithParam<const char*> {
 protected:
  std::string config() const {
    return config_with(", state_dir: " + folder_.path()) +
           "chain: [{token_limit: {limits: [{per: global, tokens: 1M, " + GetParam() + "}]}}]\n";
  }
  std::uintmax_t written() const {
    return std::filesystem::file_size(folder_.path() + "/limits.journal");
  }
  TempFolder folder_;
};

TEST_P(KeptBudget, IsNotHandedOutAnewByAKill) {
  std::uint64_t before = 0;
  {
    GatewayProcess first(config());
    ASSERT_TRUE(first.started()) << first.errors();
    const std::uintmax_t empty = written();
    ASSERT_EQ(fetch(first.port(), post(kChat, kHello)).status(), 200);
    ASSERT_TRUE(eventually([&] { return (before = taken(first)) > 0 && written() > empty; }));
    first.signal(SIGKILL);
    first.wait_for_exit();
  }
  GatewayProcess second(config());
  ASSERT_TRUE(second.started()) << second.errors();
  ASSERT_EQ(fetch(second.port(), post(kChat, kHello)).status(), 200);
  EXPECT_GT(taken(second), before);
}

INSTANTIATE_TEST_SUITE_P(Windows, KeptBudget, ::testing::Values("each: month", "every: 366d"));

}  // namespace
}  // namespace penstock::test
