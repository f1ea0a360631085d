// The configuration changes while the gateway runs.

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::string_view kReload = "/v1/config/reload";

/// A demo gateway whose answers name the configuration that served them.
std::string yaml(const std::string& name, const std::string& more = {}) {
  return "server: {listen: \"127.0.0.1:0\", threads: 2}\n"
         "control: {listen: \"127.0.0.1:0\", watch_files: false}\n"
         "upstreams: {demo: {kind: demo, pace: 0s}}\n"
         "chain:\n"
         "  - header: {response: {set: {x-configuration: \"" +
         name + "\"}}}\n" + "  - log: {records: [exchange]}\n" + more;
}

void write(const GatewayProcess& gateway, const std::string& text) {
  // A new file in the place of the old one, as editors do.
  const std::string fresh = gateway.config_file() + ".new";
  std::ofstream(fresh) << text;
  fs::rename(fresh, gateway.config_file());
}

std::string configuration_of(const Message& answer) {
  return answer.field("x-configuration");
}

bool reloaded(const GatewayProcess& gateway, std::string_view message) {
  return gateway
      .wait_for_log([message](const nlohmann::json& line) {
        return line.value("event", "") == "server" &&
               line.value("message", "").starts_with(message);
      })
      .has_value();
}

constexpr std::string_view kGood = "configuration reloaded";
constexpr std::string_view kBad = "configuration not reloaded";

TEST(Reload, ByASignalServesWhatComesNextByTheNewFile) {
  GatewayProcess gateway(yaml("one"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_EQ(configuration_of(fetch(gateway.port(), post(kChat, kHello))), "one");
  write(gateway, yaml("two"));
  gateway.signal(SIGHUP);
  ASSERT_TRUE(reloaded(gateway, kGood));
  EXPECT_EQ(configuration_of(fetch(gateway.port(), post(kChat, kHello))), "two");
}

TEST(Reload, LetsARunningStreamEndOnTheOldOneAndItsConnectionGoOnWithTheNew) {
  ScriptedUpstream provider;
  HeldStream held(provider);
  GatewayProcess gateway(config(provider));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  OpenStream stream(gateway, kKey);

  std::string other = yaml("new");  // without that upstream, and without auth
  other.replace(other.find("threads: 2"), 10, "threads: 1");
  write(gateway, other);
  const Message report = fetch(gateway.control_port(), post(kReload, ""));
  EXPECT_EQ(report.status(), 200) << report.body;
  held.release();

  stream.read_to_end();
  EXPECT_THAT(stream.answer.body, HasSubstr("[DONE]"));
  EXPECT_TRUE(stream.answer.complete);
  stream.client.send(post(kChat, kHello));
  EXPECT_EQ(configuration_of(stream.client.read_answer()), "new");
}

TEST(Reload, OfABrokenFileLeavesServiceUntouchedAndNamesThePlace) {
  GatewayProcess gateway(yaml("one"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  write(gateway, yaml("two", "  - lgo\n"));
  gateway.signal(SIGHUP);
  const auto line = gateway.wait_for_log(
      [](const nlohmann::json& entry) { return entry.value("message", "").starts_with(kBad); });
  ASSERT_TRUE(line);
  const nlohmann::json error = line->at("errors").at(0);
  EXPECT_EQ(error.at("file"), gateway.config_file());
  EXPECT_EQ(error.at("line"), 7);
  EXPECT_EQ(error.at("column"), 5);
  EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr("did you mean `log`?"));
  EXPECT_EQ(configuration_of(fetch(gateway.port(), post(kChat, kHello))), "one");
  EXPECT_EQ(fetch(gateway.control_port(), get("/readyz")).status(), 200);
  EXPECT_THAT(fetch(gateway.control_port(), get("/metrics")).body,
              HasSubstr("\npenstock_config_last_reload_success 0\n"));

  write(gateway, yaml("three"));
  gateway.signal(SIGHUP);
  ASSERT_TRUE(reloaded(gateway, kGood));
  EXPECT_THAT(fetch(gateway.control_port(), get("/metrics")).body,
              HasSubstr("\npenstock_config_last_reload_success 1\n"));
}

TEST(Reload, ByTheControlPlaneAnswersWithWhatIsWrong) {
  GatewayProcess gateway(yaml("one"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  write(gateway, yaml("two", "  - lgo\n"));
  const Message answer = fetch(gateway.control_port(), post(kReload, ""));
  EXPECT_EQ(answer.status(), 422);
  const auto report = nlohmann::json::parse(answer.body);
  EXPECT_EQ(report["valid"], false);
  EXPECT_EQ(report["errors"][0]["line"], 7);
}

TEST(Reload, HappensByItselfWhenAFileChanges) {
  const TempFolder secrets;
  const std::string key_file = secrets.write("key", "sk-first-key");
  const auto with_key = [&key_file](const std::string& name) {
    std::string text =
        yaml(name, "  - auth: {keys: [{name: ci, key: \"${file:" + key_file + "}\"}]}\n");
    return text.replace(text.find("watch_files: false"), 18, "watch_files: true");
  };
  GatewayProcess gateway(with_key("one"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const auto status_with = [&gateway](const std::string& key) {
    return fetch(gateway.port(), post(kChat, kHello, "Authorization: Bearer " + key + "\r\n"))
        .status();
  };
  EXPECT_EQ(status_with("sk-first-key"), 200);

  secrets.write("key", "sk-second-key");  // a secret that the configuration names
  ASSERT_TRUE(reloaded(gateway, kGood));
  EXPECT_EQ(status_with("sk-first-key"), 401);
  EXPECT_EQ(status_with("sk-second-key"), 200);
}

TEST(Reload, HappensByItselfWhenALinkToTheFileIsSwapped) {
  const TempFolder folder;
  const fs::path root = folder.path();
  const auto watched = [](const std::string& name) {
    std::string text = yaml(name);
    return text.replace(text.find("watch_files: false"), 18, "watch_files: true");
  };
  for (const char* version : {"..one", "..two"}) {
    fs::create_directories(root / version);
    folder.write(std::string(version) + "/penstock.yaml", watched(version));
  }
  fs::create_directory_symlink("..one", root / "..data");
  GatewayProcess gateway(watched("before"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  fs::remove(gateway.config_file());
  fs::create_symlink(root / "..data/penstock.yaml", gateway.config_file());
  ASSERT_TRUE(eventually(
      [&] { return configuration_of(fetch(gateway.port(), post(kChat, kHello))) == "..one"; }));

  fs::create_directory_symlink("..two", root / "..data_tmp");
  fs::rename(root / "..data_tmp", root / "..data");
  EXPECT_TRUE(eventually(
      [&] { return configuration_of(fetch(gateway.port(), post(kChat, kHello))) == "..two"; }));
}

TEST(Reload, KeepsTheCountsOfLimitsThatStayAsTheyAre) {
  const std::string limited = "  - token_limit: {limits: [{per: global, tokens: 1k, every: 1h}]}\n";
  GatewayProcess gateway(yaml("one", limited));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const auto remaining = [&gateway] {
    const Message answer = fetch(gateway.port(), post(kChat, kHello));
    return std::stoi(answer.field("x-ratelimit-remaining-tokens"));
  };
  const int before = remaining();
  write(gateway, yaml("two", limited));
  ASSERT_EQ(fetch(gateway.control_port(), post(kReload, "")).status(), 200);
  const int after = remaining();
  EXPECT_LT(after, before);
  EXPECT_GT(after, 0);

  write(gateway,
        yaml("three", "  - token_limit: {limits: [{per: global, tokens: 2k, every: 1h}]}\n"));
  ASSERT_EQ(fetch(gateway.control_port(), post(kReload, "")).status(), 200);
  EXPECT_GT(remaining(), 1000);  // another definition starts afresh
}

TEST(Reload, AHundredTimesUnderLoadLosesNoRequest) {
  GatewayProcess gateway(yaml("0"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::atomic<int> lost = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, streams = i % 2 == 0] {
      RawClient client(gateway.port());
      while (!stop) {
        client.send(post(kChat, streams ? kHelloStream : kHello));
        const Message answer = client.read_answer();
        const bool whole = answer.status() == 200 && answer.complete;
        ++(whole ? answered : lost);
        if (!whole) return;
      }
    });
  }
  for (int i = 1; i <= 100; ++i) {
    write(gateway, yaml(std::to_string(i)));
    const int before = answered;
    EXPECT_EQ(fetch(gateway.control_port(), post(kReload, "")).status(), 200);
    // However slow the machine is, requests are answered between two reloads.
    EXPECT_TRUE(eventually([&] {
      std::this_thread::yield();
      return answered > before || lost > 0;
    }));
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(lost, 0);
  EXPECT_GE(answered, 100);
  EXPECT_EQ(configuration_of(fetch(gateway.port(), post(kChat, kHello))), "100");
}

}  // namespace
}  // namespace penstock::test
