// The program as a person calls it.

#include <array>
#include <cstdio>
#include <string>
#include <sys/wait.h>

#include <gmock/gmock.h>

#include "integration/fixture.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

struct Ended {
  int status = -1;
  std::string output;  // stdout and stderr
};

Ended penstock(const std::string& arguments) {
  const char* chosen = std::getenv("PENSTOCK_BIN");
  const std::string program = chosen != nullptr ? chosen : PENSTOCK_PROGRAM;
  FILE* pipe = ::popen((program + " " + arguments + " 2>&1").c_str(), "r");
  Ended run;
  std::array<char, 4096> buffer;
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    run.output.append(buffer.data(), got);
  }
  const int ended = ::pclose(pipe);
  run.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128;
  return run;
}

std::string demo_config(const char* chain = "chain: [log]\n") {
  return std::string(
             "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
             "control: {listen: \"127.0.0.1:0\"}\n"
             "upstreams: {demo: {kind: demo, pace: 0s}}\n") +
         chain;
}

std::string url(const GatewayProcess& gateway) {
  return "--url http://127.0.0.1:" + std::to_string(gateway.port());
}

TEST(CommandLine, TellsItsVersion) {
  const Ended run = penstock("version");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, ::testing::StartsWith("penstock 0."));
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(penstock("srve").status, 2);
  EXPECT_EQ(penstock("serve --nonsense").status, 2);
}

TEST(CommandLine, ChecksAFile) {
  TempFolder folder;
  const std::string good = folder.write("good.yaml", demo_config());
  EXPECT_EQ(penstock("check " + good).status, 0);

  const std::string bad =
      folder.write("bad.yaml", demo_config("chain:\n  - log: {recrds: [exchange]}\nmodls: {}\n"));
  const Ended run = penstock("check " + bad);
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.output, HasSubstr("bad.yaml:5:11: "));
  EXPECT_THAT(run.output, HasSubstr("did you mean `records`?"));
  EXPECT_THAT(run.output, HasSubstr("did you mean `models`?"));

  const std::string order = folder.write(
      "order.yaml",
      demo_config("chain:\n  - token_limit: {limits: [{per: key, tokens: 1k, every: 1m}]}\n"
                  "  - auth: {passthrough: true}\n"));
  const Ended refused = penstock("check " + order);
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.output, HasSubstr("order.yaml:5:"));
  EXPECT_THAT(refused.output, HasSubstr("move it behind `auth`"));

  const Ended json = penstock("check --format json " + bad);
  EXPECT_EQ(json.status, 3);
  EXPECT_EQ(nlohmann::json::parse(json.output)["valid"], false);
  EXPECT_EQ(penstock("check " + good + ".none").status, 3);
}

TEST(CommandLine, ChatPrintsTheAnswerAsItComes) {
  GatewayProcess gateway(demo_config());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Ended run = penstock("chat hi " + url(gateway));
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, ::testing::StartsWith("You said: hi"));
  const Ended raw = penstock("chat hi --raw " + url(gateway));
  EXPECT_EQ(raw.status, 0);
  EXPECT_THAT(raw.output, HasSubstr("data: [DONE]"));
}

TEST(CommandLine, ChatSaysWhatWentWrong) {
  GatewayProcess gateway(demo_config());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Ended cut = penstock("chat hi -m demo-cut " + url(gateway));
  EXPECT_EQ(cut.status, 1);
  EXPECT_THAT(cut.output, HasSubstr("broke off"));
  const Ended limited = penstock("chat hi -m demo-error-429 " + url(gateway));
  EXPECT_EQ(limited.status, 1);
  EXPECT_THAT(limited.output, HasSubstr("429"));
  EXPECT_THAT(limited.output, HasSubstr("always answers so"));
  gateway.stop();
  const Ended nobody = penstock("chat hi " + url(gateway));
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.output, HasSubstr("penstock serve"));
}

TEST(CommandLine, ServeNamesThePortThatIsTaken) {
  GatewayProcess first(demo_config());
  ASSERT_TRUE(first.started()) << first.errors();
  TempFolder folder;
  const std::string file =
      folder.write("second.yaml", "server: {listen: \"127.0.0.1:" + std::to_string(first.port()) +
                                      "\"}\nupstreams: {demo: {kind: demo}}\nchain: [log]\n");
  const Ended second = penstock("serve -c " + file);
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.output, HasSubstr("server.listen"));
  EXPECT_THAT(second.output, HasSubstr(std::to_string(first.port())));
}

}  // namespace
}  // namespace penstock::test
