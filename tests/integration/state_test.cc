// The folder of what outlives the process.

#include <unistd.h>

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace penstock::test
