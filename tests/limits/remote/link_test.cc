#include <atomic>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits/remote/fake_server.h"
#include "limits/remote/world.h"
#include "support/redis_server.h"

namespace penstock::limits::test {
namespace {

using penstock::test::RedisServer;
using testing::HasSubstr;

const Limit kLimit{"limit", Unit::kTokens, Algorithm::kBucket, 1000, std::chrono::hours(1000)};
const Limit kClosed{
    "closed", Unit::kTokens,          Algorithm::kBucket, 1000, std::chrono::hours(1000),
    nullptr,  OnStoreFailure::kClosed};

bool grants(Process& process, const Limit& limit) {
  const auto result = process.store->reserve(std::vector<Claim>{{&limit, limit.name, 1}});
  return std::holds_alternative<Reservation>(result);
}

RemoteOptions patient() {
  RemoteOptions options;
  options.timeout = penstock::test::kPatience;
  return options;
}

TEST(StoreLink, LogsInAsTheDefaultUserAndAsAnother) {
  RedisServer server({.password = "first secret"});
  server.command(
      {"ACL", "SETUSER", "gate", "on", ">second", "~{penstock}:*", "+@all", "-@admin", "+info"});
  RemoteOptions options = patient();
  options.password = Secret("first secret");
  options.database = 3;
  Process plain(server, system_clock(), options);
  EXPECT_TRUE(grants(plain, kClosed));
  options.username = "gate";
  options.password = Secret("second");
  Process named(server, system_clock(), options);
  EXPECT_TRUE(grants(named, kClosed));
}

TEST(StoreLink, SaysThatThePasswordIsMissingOrWrong) {
  RedisServer server({.password = "secret"});
  RemoteOptions options = patient();
  Process without(server, system_clock(), options);
  EXPECT_TRUE(eventually([&] { return !without.asks(); }));
  EXPECT_THAT(without.words(), HasSubstr("wants a password; set `password` of `store`"));
  options.password = Secret("a guess");
  Process wrong(server, system_clock(), options);
  EXPECT_TRUE(eventually([&] { return !wrong.asks(); }));
  EXPECT_THAT(wrong.words(), HasSubstr("refuses the password"));
  EXPECT_THAT(wrong.words(), testing::Not(HasSubstr("a guess")));
}

TEST(StoreLink, SpeaksTlsWithAServerThatItTrustsAndNoOther) {
  RedisServer server({.password = "secret", .tls = true});
  RemoteOptions options = patient();
  options.password = Secret("secret");
  options.tls = true;
  options.ca_file = server.ca_file();
  Process process(server, system_clock(), options);
  EXPECT_TRUE(grants(process, kClosed));
  EXPECT_TRUE(process.catches_up());

  const penstock::test::TestCertificate other;
  options.ca_file = other.file();
  Process careful(server, system_clock(), options);
  EXPECT_TRUE(eventually([&] { return !careful.asks(); }));
  EXPECT_THAT(careful.words(), HasSubstr("certificate"));
}

TEST(StoreLink, WarnsOfAServerThatForgetsKeys) {
  RedisServer server({.arguments = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}});
  Process process(server, system_clock(), patient());
  EXPECT_TRUE(grants(process, kClosed));
  EXPECT_THAT(process.words(), HasSubstr("(maxmemory-policy allkeys-lru)"));
  EXPECT_THAT(process.words(), HasSubstr("set noeviction"));
}

TEST(StoreLink, ManyCallsShareOneConnection) {
  RedisServer server;
  Process process(server, system_clock(), patient());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) EXPECT_TRUE(grants(process, kClosed));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string clients = server.command({"CLIENT", "LIST"}).text;
  EXPECT_EQ(std::count(clients.begin(), clients.end(), '\n'), 2) << "ours, and the one that asks";
}

struct Misbehaviour {
  std::string name;
  std::string answer;  // to the first call of a script
  std::string words;   // in the log
};

class StoreMisbehaving : public testing::TestWithParam<Misbehaviour> {};

TEST_P(StoreMisbehaving, IsLeftAndNamed) {
  FakeServer server([](const auto&) { return GetParam().answer; });
  RemoteOptions options;
  options.timeout = 100ms;
  Process process(server.port(), system_clock(), options);
  EXPECT_TRUE(eventually([&] {
    EXPECT_FALSE(grants(process, kClosed));
    return !process.asks();
  }));
  EXPECT_THAT(process.words(), HasSubstr(GetParam().words));
  EXPECT_TRUE(grants(process, kLimit)) << "by its share";
}

INSTANTIATE_TEST_SUITE_P(
    Each, StoreMisbehaving,
    testing::Values(Misbehaviour{"Garbage", "HTTP/1.1 400 Bad Request\r\n\r\n", "what is no reply"},
                    Misbehaviour{"Half", "*6\r\n:1\r\n", "does not answer in time"},
                    Misbehaviour{"OtherShape", "*1\r\n:1\r\n", "not what our script gives"},
                    Misbehaviour{"Texts", "*2\r\n+a\r\n+b\r\n", "not what our script gives"},
                    Misbehaviour{"TooMany", ":1\r\n:1\r\n", "a reply that nobody asked for"},
                    Misbehaviour{"Moved", "-MOVED 12182 10.0.0.2:6381\r\n", "another of its nodes"},
                    Misbehaviour{"Loading", "-LOADING Redis is loading\r\n",
                                 "still loads its data"},
                    Misbehaviour{"NoPermission", "-NOPERM this user\r\n", "may not run scripts"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace penstock::limits::test
