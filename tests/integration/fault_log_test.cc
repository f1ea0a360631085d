// A log that nobody reads, a full disk, and text that would break a line; docs/faults.md has the
// list.

#include <fstream>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <gmock/gmock.h>

#include "integration/faults.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr const char* kDropped = "penstock_log_dropped_total";

/// The whole chain with another `log`.
std::string with_log(const ScriptedUpstream& provider, const std::string& options) {
  std::string yaml = config(provider, "", "", kSlowLimit);
  const std::string usual = "log: {records: [exchange]";
  return yaml.replace(yaml.find(usual), usual.size(), usual + options);
}

std::string large_hello() {
  return R"({"model":"m","messages":[{"role":"user","content":")" + std::string(1 << 20, 'x') +
         "\"}]}";
}

TEST(LogSink, ThatNobodyReadsHoldsUpNoRequestAndRecovers) {
  const TempFolder folder;
  const std::string pipe = folder.path() + "/log";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ScriptedUpstream provider;
  answer_all(provider);
  const GatewayProcess gateway(
      with_log(provider, ", content: full, max_content: 1MiB, file: " + pipe));
  ASSERT_TRUE(gateway.started()) << gateway.errors();

  // More than the queue takes (16 MiB) and the pipe holds.
  const std::string body = large_hello();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(fetch(gateway.port(), post(kChat, body, kKey)).status(), 200);
  }
  EXPECT_TRUE(eventually([&] { return metric(gateway, kDropped).value_or(0) > 0; }));
  const auto dropped = *metric(gateway, kDropped);
  EXPECT_LT(dropped, 20);

  std::ifstream reader(pipe);
  std::string line;
  for (auto i = dropped; i < 20; ++i) {
    ASSERT_TRUE(std::getline(reader, line));
    EXPECT_TRUE(nlohmann::json::accept(line)) << "a line is whole";
  }
  EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), 200);
  ASSERT_TRUE(std::getline(reader, line));
  EXPECT_THAT(line, HasSubstr("hello"));
  EXPECT_EQ(metric(gateway, kDropped), dropped);
}

TEST(LogSink, ThatIsFullLosesLinesAndNothingElse) {
  ScriptedUpstream provider;
  answer_all(provider);
  GatewayProcess gateway(with_log(provider, ", file: /dev/full"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), 200);
  }
  EXPECT_TRUE(eventually([&] { return metric(gateway, kDropped) == 5; }));
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(LogSink, ThatNobodyReadsDoesNotHoldUpTheEnd) {
  const TempFolder folder;
  const std::string pipe = folder.path() + "/log";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ScriptedUpstream provider;
  answer_all(provider);
  GatewayProcess gateway(with_log(provider, ", content: full, max_content: 1MiB, file: " + pipe));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_EQ(fetch(gateway.port(), post(kChat, large_hello(), kKey)).status(), 200);
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(LogRecord, IsOneShortLineWhateverTheClientSends) {
  Deployment setup;
  answer_all(setup.provider);
  const std::vector<std::string> models{"a\nb\r\n{\"event\":\"exchange\"}", "\"},{\"",
                                        "\x01\x1b[2J", "\u2028\u0085", std::string(100'000, 'm')};
  for (const std::string& model : models) {
    const nlohmann::json body{{"model", model},
                              {"messages", {{{"role", "user"}, {"content", "x"}}}}};
    EXPECT_THAT(setup.chat(body.dump()).status(), AnyOf(200, 400));
  }
  EXPECT_EQ(fetch(setup.gateway.port(), get("/v1/" + std::string(5'000, 'x'), kKey)).status(), 404);
  ASSERT_TRUE(setup.gateway.wait_for_log(
      [](const auto& entry) { return entry.value("message", "") == "request refused"; }));
  ASSERT_TRUE(eventually([&] { return exchange_records(setup.gateway) == models.size(); }));
  for (const std::string& line : setup.gateway.log_lines()) {
    EXPECT_LE(line.size(), 16u << 10);
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  }
}

}  // namespace
}  // namespace penstock::test
