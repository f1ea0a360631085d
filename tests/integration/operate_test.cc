// What an operator sees of a running gateway.

#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <unistd.h>

#include <gmock/gmock.h>

#include "control/openapi_document.h"
#include "integration/fixture.h"
#include "support/redis_server.h"

namespace penstock::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string metrics_of(const GatewayProcess& gateway) {
  return fetch(gateway.control_port(), get("/metrics")).body;
}

/// Metrics are counted when an exchange has ended, which its client may see a moment before.
bool eventually_counts(const GatewayProcess& gateway, std::string_view line) {
  return eventually([&] { return metrics_of(gateway).find(line) != std::string::npos; });
}

TEST(Metrics, CountWhatExchangesDidAndUsed) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().status(), 200);
  EXPECT_EQ(fetch(setup.gateway.port(), post(kChat, kHello)).status(), 401);
  EXPECT_EQ(fetch(setup.gateway.port(), get("/nothing")).status(), 404);

  EXPECT_TRUE(eventually_counts(
      setup.gateway,
      "penstock_requests_total{route=\"chat_completions\",model=\"other\",upstream=\"provider\","
      "status=\"200\"} 1\n"));
  const std::string page = metrics_of(setup.gateway);
  for (const char* line : {
           "penstock_requests_total{route=\"none\",model=\"none\",upstream=\"none\",status=\"404\"}"
           " 1",
           "penstock_requests_total{route=\"chat_completions\",model=\"none\",upstream=\"none\","
           "status=\"401\"} 1",
           "penstock_tokens_total{kind=\"input\",model=\"other\",key=\"tester\"} 9",
           "penstock_tokens_total{kind=\"output\",model=\"other\",key=\"tester\"} 1",
           "penstock_request_duration_seconds_count{route=\"chat_completions\",upstream="
           "\"provider\"} 1",
           "penstock_first_byte_seconds_count{route=\"chat_completions\",upstream=\"provider\"} 1",
           "penstock_overhead_seconds_count{route=\"chat_completions\"} 2",
           "penstock_endings_total{upstream=\"provider\",outcome=\"complete\"} 1",
           "penstock_upstream_connections{upstream=\"provider\",state=\"idle\"} 1",
           "penstock_upstream_connections{upstream=\"provider\",state=\"active\"} 0",
           "penstock_streams_active 0",
           "penstock_exchanges_active 0",
           "penstock_log_dropped_total 0",
           "penstock_config_last_reload_success 1",
       }) {
    EXPECT_THAT(page, HasSubstr(std::string("\n") + line + "\n"));
  }
  EXPECT_THAT(page, HasSubstr("\npenstock_build_info{version=\""));
}

TEST(Metrics, CountThePartsOfTokensByKindsOfTheirOwn) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(200, R"({"id":"chatcmpl-1","object":"chat.completion","created":1750000000,)"
                           R"("model":"m","choices":[],"usage":{"prompt_tokens":9,)"
                           R"("completion_tokens":7,"total_tokens":16,)"
                           R"("prompt_tokens_details":{"cached_tokens":8},)"
                           R"("completion_tokens_details":{"reasoning_tokens":6}}})"));
  });
  EXPECT_EQ(setup.chat().status(), 200);
  for (const char* kind : {"input\",model=\"other\",key=\"tester\"} 9",
                           "input_cached\",model=\"other\",key=\"tester\"} 8",
                           "output\",model=\"other\",key=\"tester\"} 7",
                           "output_reasoning\",model=\"other\",key=\"tester\"} 6"}) {
    EXPECT_TRUE(eventually_counts(setup.gateway,
                                  "\npenstock_tokens_total{kind=\"" + std::string(kind) + "\n"));
  }
}

/// "name type labels" of all families of ours on a page; labels in order, without `le`.
std::set<std::string> families_of(const std::string& page) {
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> labels;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, std::regex("# TYPE (penstock_\\w+) (\\w+)"))) {
      types[found[1]] = found[2];
    } else if (std::regex_match(line, found,
                                std::regex("(penstock_\\w+?)(_bucket)?(\\{(.*)\\})? \\S+"))) {
      std::string names;
      const std::string all = found[4];
      const std::regex label("(\\w+)=\"[^\"]*\"");
      for (std::sregex_iterator at(all.begin(), all.end(), label), end; at != end; ++at) {
        if ((*at)[1] != "le") names += (names.empty() ? "" : ",") + (*at)[1].str();
      }
      labels.emplace(found[1], names);
    }
  }
  std::set<std::string> families;
  for (const auto& [name, type] : types) {
    families.insert(name + " " + type + (labels[name].empty() ? "" : " " + labels[name]));
  }
  return families;
}

TEST(Metrics, AreThoseThatTheDocumentationAndTheDashboardKnow) {
  const RedisServer store;
  ScriptedUpstream provider;
  provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  std::string yaml = config(provider);
  const std::string layer = "token_limit: {";
  yaml.insert(yaml.find(layer) + layer.size(),
              "queue: {}, store: \"valkey://127.0.0.1:" + std::to_string(store.port()) + "\", ");
  const GatewayProcess gateway(yaml);
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), 200);
  const std::string large =
      R"({"model":"m","max_tokens":1000000,"messages":[{"role":"user","content":"a"}]})";
  // More than the limit can ever grant.
  EXPECT_EQ(fetch(gateway.port(), post(kChat, large, kKey)).status(), 400);
  ASSERT_TRUE(eventually_counts(gateway, "status=\"400\""));
  ASSERT_TRUE(eventually_counts(gateway, "penstock_limit_store_processes 1"));

  const std::string root = PENSTOCK_SOURCE_DIR;
  std::ifstream list(root + "/tests/docker/metrics.txt");
  std::set<std::string> known;
  for (std::string line; std::getline(list, line);) {
    if (!line.starts_with("#")) known.insert(line);
  }
  EXPECT_EQ(families_of(metrics_of(gateway)), known);
  std::ifstream file(root + "/docs/control.md");
  const std::string docs((std::istreambuf_iterator<char>(file)), {});
  for (const std::string& family : known) {
    EXPECT_THAT(docs, HasSubstr("| `" + family.substr(0, family.find(' ')) + "` |"));
  }
}

TEST(Metrics, PleasePromtool) {
  const std::string promtool =
      std::string(PENSTOCK_SOURCE_DIR) + "/build/prometheus/usr/bin/promtool";
  if (::access(promtool.c_str(), X_OK) != 0) GTEST_SKIP() << "scripts/test unpacks promtool";
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().status(), 200);
  ASSERT_TRUE(eventually_counts(setup.gateway, "status=\"200\""));
  const TempFolder folder;
  const std::string page = folder.write("page", metrics_of(setup.gateway));
  const std::string report = folder.path() + "/report";
  const int status =
      std::system((promtool + " check metrics <" + page + " >" + report + " 2>&1").c_str());
  std::ifstream words(report);
  EXPECT_EQ(status, 0) << std::string((std::istreambuf_iterator<char>(words)), {});
}

TEST(Metrics, ShowAStreamWhileItRuns) {
  Deployment setup;
  HeldStream held(setup.provider);
  OpenStream stream(setup.gateway, kKey);
  EXPECT_THAT(metrics_of(setup.gateway), HasSubstr("\npenstock_streams_active 1\n"));
  EXPECT_THAT(
      metrics_of(setup.gateway),
      HasSubstr("penstock_upstream_connections{upstream=\"provider\",state=\"active\"} 1\n"));
  held.release();
  stream.read_to_end();
  EXPECT_TRUE(eventually_counts(setup.gateway, "\npenstock_streams_active 0\n"));
}

TEST(Metrics, DoNotGrowByTheNamesThatClientsInvent) {
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {demo: {kind: demo, pace: 0s}}\n"
      "models: {known: {upstream: demo}, \"*\": {upstream: demo}}\n"
      "chain:\n  - log\n  - auth: {passthrough: true}\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  RawClient client(gateway.port());
  const auto ask = [&client](const std::string& model, const std::string& key) {
    client.send(post(kChat,
                     R"({"model":")" + model + R"(","messages":[{"role":"user","content":"a"}]})",
                     "Authorization: Bearer " + key + "\r\n"));
    EXPECT_EQ(client.read_answer().status(), 200);
  };
  ask("known", "sk-0");
  ask("invented", "sk-1");
  const auto lines = [](const std::string& page) {
    return std::count(page.begin(), page.end(), '\n');
  };
  ASSERT_TRUE(eventually_counts(gateway, "model=\"other\""));
  const auto before = lines(metrics_of(gateway));
  for (int i = 0; i < 1000; ++i) ask("m" + std::to_string(i), "sk-" + std::to_string(i));
  EXPECT_TRUE(eventually_counts(
      gateway,
      "penstock_requests_total{route=\"chat_completions\",model=\"other\",upstream=\"demo\","
      "status=\"200\"} 1001\n"));
  const std::string page = metrics_of(gateway);
  EXPECT_EQ(lines(page), before);
  EXPECT_THAT(page, HasSubstr("model=\"known\""));
  EXPECT_THAT(page, Not(HasSubstr("m999")));
}

TEST(Metrics, CountRefusalsByTheLimitsName) {
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {demo: {kind: demo, pace: 0s}}\n"
      "chain:\n  - log\n"
      "  - token_limit: {limits: [{name: all, per: global, tokens: 100, every: 1h}]}\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  int refused = 0;
  for (int i = 0; i < 10; ++i) {
    refused += fetch(gateway.port(), post(kChat, kHello)).status() == 429 ? 1 : 0;
  }
  ASSERT_GT(refused, 0);
  EXPECT_THAT(metrics_of(gateway), HasSubstr("\npenstock_limit_rejections_total{limit=\"all\"} " +
                                             std::to_string(refused) + "\n"));
}

TEST(Status, TellsWhatRuns) {
  Deployment setup("", "", "tokens: 1M, every: 30d");  // the books stand still for a while
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().status(), 200);
  Message answer;
  nlohmann::json status;
  // The client has its answer before the exchange is out of the books.
  ASSERT_TRUE(eventually([&] {
    answer = fetch(setup.gateway.control_port(), get("/v1/status"));
    status = nlohmann::json::parse(answer.body);
    return status.at("upstreams").at(0).at("connections").at("idle") == 1;
  })) << answer.body;
  EXPECT_EQ(status.at("state"), "ready");
  EXPECT_THAT(status.at("version").get<std::string>(), ::testing::MatchesRegex("[0-9]+\\..*"));
  EXPECT_GE(status.at("uptime_seconds").get<double>(), 0);
  EXPECT_EQ(status.at("configuration").at("origin"), setup.gateway.config_file());
  EXPECT_EQ(status.at("configuration").at("hash").get<std::string>().size(), 16u);
  EXPECT_TRUE(status.at("configuration").at("last_reload").is_null());
  EXPECT_EQ(status.at("event_loops"), 1);
  EXPECT_EQ(status.at("streams"), 0);
  const auto& upstream = status.at("upstreams").at(0);
  EXPECT_EQ(upstream.at("name"), "provider");
  EXPECT_EQ(upstream.at("url"), setup.provider.base_url());
  EXPECT_EQ(upstream.at("connections").at("idle"), 1);
  EXPECT_THAT(answer.body, Not(HasSubstr("sk-of-the-")));
  EXPECT_EQ(control::testing::misfit("Status", answer.body), std::nullopt);  // as openapi.yaml says
}

TEST(Limits, TellWhatIsUsedAndLeft) {
  Deployment setup("", "", "tokens: 1M, every: 30d");  // the books stand still for a while
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().status(), 200);
  Message answer;
  nlohmann::json limit;
  // The client has its answer before the exchange is settled.
  ASSERT_TRUE(eventually([&] {
    answer = fetch(setup.gateway.control_port(), get("/v1/limits"));
    limit = nlohmann::json::parse(answer.body).at("limits").at(0);
    return limit.at("meters").at(0).at("used") == 10;
  })) << answer.body;
  EXPECT_EQ(control::testing::misfit("Limits", answer.body), std::nullopt);  // as openapi.yaml says
  EXPECT_EQ(limit.at("unit"), "tokens");
  EXPECT_EQ(limit.at("capacity"), 1'000'000);
  EXPECT_EQ(limit.at("window_ms"), 2'592'000'000);
  const auto& meter = limit.at("meters").at(0);
  EXPECT_EQ(meter.at("subject"), "tester");
  EXPECT_EQ(meter.at("reserved"), 0);
  EXPECT_EQ(meter.at("remaining"), 999'990);
}

TEST(ControlPlane, ThatFindsItsDefaultPortTakenIsDoneWithout) {
  // If the first does not get 127.0.0.1:4001, another program has it; else the second cannot.
  GatewayProcess first(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\nupstreams: {demo: {kind: demo}}\n");
  ASSERT_TRUE(first.started()) << first.errors();
  GatewayProcess second(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\nupstreams: {demo: {kind: demo}}\n");
  ASSERT_TRUE(second.started()) << second.errors();
  const GatewayProcess& without = first.control_port() == 0 ? first : second;
  EXPECT_EQ(without.control_port(), 0);
  EXPECT_THAT(without.errors(), HasSubstr("control.listen: cannot listen on 127.0.0.1:4001"));
}

TEST(ControlPlane, ThatFindsItsOwnPortTakenIsAReasonNotToStart) {
  GatewayProcess first(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\ncontrol: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {demo: {kind: demo}}\n");
  ASSERT_TRUE(first.started()) << first.errors();
  GatewayProcess second(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:" +
      std::to_string(first.control_port()) + "\"}\nupstreams: {demo: {kind: demo}}\n");
  EXPECT_EQ(second.wait_for_exit(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("control.listen: cannot listen on 127.0.0.1:" +
                                         std::to_string(first.control_port())));
}

TEST(Greeting, IsAsTheDocumentationShowsIt) {
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 2}\n"
      "control: {listen: \"127.0.0.1:0\"}\nupstreams: {demo: {kind: demo}}\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  std::string greeting = gateway.errors();
  const auto replace = [&greeting](const std::string& what, std::string_view with) {
    ASSERT_NE(greeting.find(what), std::string::npos) << greeting;
    greeting.replace(greeting.find(what), what.size(), with);
  };
  replace(std::to_string(gateway.port()), "4000");
  replace(std::to_string(gateway.control_port()), "4001");
  replace(gateway.config_file(), "penstock.yaml");
  std::ifstream file(std::string(PENSTOCK_SOURCE_DIR) + "/docs/operating.md");
  const std::string docs((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(docs, HasSubstr("```\n" + greeting + "```\n"));
}

TEST(Descriptors, ThatAreTooFewAreWarnedOf) {
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1, limits: {max_connections: 5M}}\n"
      "control: {listen: \"127.0.0.1:0\"}\nupstreams: {demo: {kind: demo}}\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_THAT(gateway.errors(),
              HasSubstr("server.limits.max_connections: 5000000 connections need"));
  EXPECT_THAT(gateway.errors(), HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace penstock::test
