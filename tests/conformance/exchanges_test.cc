// Recorded exchanges: a scripted provider answers with the recorded answer when it gets the
// recorded request, and the client gets the same bytes, each event before the next one exists. What
// the gateway adds or takes away is listed here, all of it.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "penstock/headers.h"

#include "conformance/case_file.h"
#include "integration/fixture.h"

namespace penstock::test {
namespace {

using nlohmann::json;

/// Fields of an answer that end at the gateway: framing, cookies, and what is about the provider's
/// edge. x-request-id goes on as x-upstream-request-id.
constexpr std::array<std::string_view, 9> kEndHere{"content-length",
                                                   "server",
                                                   "set-cookie",
                                                   "alt-svc",
                                                   "cf-cache-status",
                                                   "access-control-allow-origin",
                                                   "x-request-id",
                                                   "strict-transport-security",
                                                   "access-control-expose-headers"};

/// A path that is not served, docs/architecture.md says why.
constexpr std::string_view kAzurePath = "/openai/deployments/";

std::vector<json> read_folder(const std::filesystem::path& folder) {
  std::vector<json> exchanges;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    exchanges.push_back(json::parse(file));
  }
  return exchanges;
}

/// Of the corpus: bad requests that the gateway refuses itself, where it reads the member.
constexpr std::array<std::string_view, 1> kRefusedHere{"completion-bad-request"};

bool ends_here(const std::string& name) {
  return std::any_of(kEndHere.begin(), kEndHere.end(),
                     [&name](std::string_view each) { return equals_ignoring_case(each, name); });
}

bool is_stream(const json& response) {
  return response["headers"].value("Content-Type", "").starts_with("text/event-stream");
}

/// The events with their blank lines.
std::vector<std::string> events_of(std::string_view stream) {
  std::vector<std::string> events;
  while (!stream.empty()) {
    const std::size_t end = std::min(stream.find("\n\n"), stream.size() - 2) + 2;
    events.emplace_back(stream.substr(0, end));
    stream.remove_prefix(end);
  }
  return events;
}

std::string head_of(const json& response, std::string_view framing) {
  std::string head = "HTTP/1.1 " + std::to_string(response["status"].get<int>()) + " Recorded\r\n";
  for (const auto& [name, value] : response["headers"].items()) {
    if (name != "Content-Length") head += name + ": " + value.get<std::string>() + "\r\n";
  }
  return head.append(framing).append("\r\n\r\n");
}

std::string bytes_of_request(const json& request) {
  return post(request["path"].get<std::string>(), request["body"].get<std::string>(), kKey);
}

/// The usage that the provider reported, in whatever part of its answer.
json reported_usage(const json& response) {
  const std::string body = response["body"];
  if (!is_stream(response)) {
    const auto document = json::parse(body, nullptr, /*allow_exceptions=*/false);
    return document.is_object() ? document.value("usage", json()) : json();
  }
  json usage;
  for (const std::string& event : events_of(body)) {
    const std::size_t at = event.find("data: ");
    if (at == std::string::npos) continue;
    auto data = json::parse(event.substr(at + 6), nullptr, /*allow_exceptions=*/false);
    if (data.is_object() && data.contains("response")) data = data["response"];
    if (data.is_object() && data.value("usage", json()).is_object()) usage = data["usage"];
  }
  return usage;
}

class Exchanges : public testing::Test {
 protected:
  Exchanges() : gateway_(config()) { EXPECT_TRUE(gateway_.started()) << gateway_.errors(); }

  /// Without json_schema, so that the provider's own words about bad requests are heard.
  std::string config() const {
    return "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
           "control: {listen: \"127.0.0.1:0\"}\n"
           "upstreams: {provider: {base_url: \"" +
           provider_.base_url() +
           "\", api_key: sk-of-the-gateway}}\n"
           "models: {\"*\": {upstream: provider}}\n"
           "chain:\n"
           "  - log: {records: [exchange]}\n"
           "  - auth: {keys: [{name: tester, key: sk-of-the-client}]}\n";
  }

  void expect_refused_here(const json& exchange) {
    SCOPED_TRACE(exchange["name"]);
    const std::size_t before = provider_.requests().size();
    const Message answer = fetch(gateway_.port(), bytes_of_request(exchange["request"]));
    const json recorded = json::parse(exchange["response"]["body"].get<std::string>())["error"];
    EXPECT_EQ(answer.status(), exchange["response"]["status"]);
    EXPECT_EQ(error_of(answer)["origin"], "gateway");
    EXPECT_EQ(error_of(answer)["type"], recorded["type"]);
    EXPECT_EQ(error_of(answer)["param"], recorded["param"]);
    EXPECT_EQ(provider_.requests().size(), before);
  }

  void replay(const json& exchange) {
    SCOPED_TRACE(exchange["name"]);
    const json& request = exchange["request"];
    const json& response = exchange["response"];
    ASSERT_EQ(request["method"], "POST");
    const Message answer =
        is_stream(response) ? replay_stream(request, response) : replay_whole(request, response);
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(answer.status(), response["status"]);
    if (response["status"] == 200) {
      EXPECT_EQ(answer.body, response["body"].get<std::string>());
      expect_fields(response, answer);
    } else {
      expect_error(response, answer);
    }
    expect_request(request, provider_.requests().back());
    expect_record(response, answer);
  }

 private:
  Message replay_whole(const json& request, const json& response) {
    const std::string body = response["body"];
    const std::string length = "Content-Length: " + std::to_string(body.size());
    provider_.on_request([bytes = head_of(response, length) + body](auto& c) { c.send(bytes); });
    RawClient client(gateway_.port());
    client.send(typed(request));
    return client.read_answer();
  }

  /// An event is only sent when the client has the one before.
  Message replay_stream(const json& request, const json& response) {
    const auto events = events_of(response["body"].get<std::string>());
    std::vector<std::promise<void>> arrived(events.size());
    provider_.on_request([&](UpstreamConnection& c) {
      c.send(head_of(response, "Transfer-Encoding: chunked"));
      for (std::size_t i = 0; i < events.size(); ++i) {
        c.send(chunk(events[i]));
        if (arrived[i].get_future().wait_for(kPatience) != std::future_status::ready) return;
      }
      c.send(kLastChunk);
    });
    RawClient client(gateway_.port());
    client.send(typed(request));
    Message answer;
    EXPECT_TRUE(client.read_head(answer));
    std::size_t size = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      size += events[i].size();
      while (answer.body.size() < size && client.read_piece(answer)) {
      }
      EXPECT_EQ(answer.body.size(), size) << "event " << i << " did not come by itself";
      arrived[i].set_value();
    }
    while (client.read_piece(answer)) {
    }
    return answer;
  }

  /// With the recorded content type, which need not be JSON.
  static std::string typed(const json& request) {
    constexpr std::string_view kJson = "Content-Type: application/json\r\n";
    std::string bytes = bytes_of_request(request);
    const std::string type = request["headers"]["Content-Type"];
    return bytes.replace(bytes.find(kJson), kJson.size(), "Content-Type: " + type + "\r\n");
  }

  static void expect_fields(const json& response, const Message& answer) {
    for (const auto& [name, value] : response["headers"].items()) {
      if (!ends_here(name)) {
        EXPECT_EQ(answer.field(name), value.get<std::string>()) << name;
      }
    }
    EXPECT_EQ(answer.field("x-upstream-request-id"), response["headers"].value("X-Request-Id", ""));
    EXPECT_FALSE(answer.has_field("server") || answer.has_field("set-cookie"));
  }

  /// The provider's error object with two members more.
  static void expect_error(const json& response, const Message& answer) {
    json object = json::parse(answer.body);
    EXPECT_EQ(object["error"].value("origin", ""), "provider");
    EXPECT_EQ(object["error"].value("request_id", ""), answer.field("x-request-id"));
    object["error"].erase("origin");
    object["error"].erase("request_id");
    EXPECT_EQ(object, json::parse(response["body"].get<std::string>()));
  }

  /// Byte for byte, but for the usage that the gateway asks for in streams of completions.
  static void expect_request(const json& recorded, const Message& request) {
    const std::string body = recorded["body"];
    EXPECT_EQ(request.target(), recorded["path"]);
    if (request.body == body) return;
    json expected = json::parse(body);
    EXPECT_EQ(expected.value("stream", false), true);
    expected["stream_options"]["include_usage"] = true;
    EXPECT_EQ(json::parse(request.body), expected);
  }

  void expect_record(const json& response, const Message& answer) {
    const std::string id = answer.field("x-request-id");
    const auto record = gateway_.wait_for_log(
        [&id](const json& line) { return line.value("request_id", "") == id; });
    ASSERT_TRUE(record);
    EXPECT_EQ((*record)["outcome"], "complete");
    const json usage = reported_usage(response);
    if (!usage.is_object() || usage.contains("seconds")) return;  // a time is no token
    const json input = usage.value("prompt_tokens", usage.value("input_tokens", json()));
    const json output = usage.value("completion_tokens", usage.value("output_tokens", json()));
    EXPECT_EQ((*record)["input_tokens"], input);
    if (!output.is_null()) {
      EXPECT_EQ((*record)["output_tokens"], output);
    }
  }

 protected:
  ScriptedUpstream provider_;
  GatewayProcess gateway_;
};

TEST_F(Exchanges, ReachTheClientAsRecorded) {
  const auto exchanges = read_folder(std::string(PENSTOCK_SOURCE_DIR) + "/tests/data/exchanges");
  EXPECT_GE(exchanges.size(), 8U);
  for (const json& exchange : exchanges) replay(exchange);
}

TEST_F(Exchanges, OfTheCorpusReachTheClientAsRecorded) {
  if (corpora_folder().empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  std::size_t replayed = 0;
  std::size_t not_served = 0;
  for (const json& exchange : read_folder(corpora_folder() + "/openai/cassettes")) {
    if (exchange["request"]["path"].get<std::string>().starts_with(kAzurePath)) {
      const Message answer = fetch(gateway_.port(), bytes_of_request(exchange["request"]));
      EXPECT_EQ(error_of(answer)["code"], "unknown_url");
      ++not_served;
      continue;
    }
    const auto* const end = kRefusedHere.end();
    const bool refused = std::find(kRefusedHere.begin(), end, exchange["name"]) != end;
    refused ? expect_refused_here(exchange) : replay(exchange);
    ++replayed;
  }
  EXPECT_EQ(replayed, 42U);
  EXPECT_EQ(not_served, 1U);
}

}  // namespace
}  // namespace penstock::test
