// A client that leaves, in each phase of an exchange and on each kind of route; docs/faults.md has
// the list.

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <vector>

#include <gmock/gmock.h>

#include "integration/faults.h"

namespace penstock::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::string_view kEmbeddings = "/v1/embeddings";
constexpr std::string_view kTexts = R"({"model":"m","input":["one","two"]})";
constexpr std::string_view kVectors = R"({"object":"list","data":[],"model":"m"})";

struct Kind {
  const char* name;
  std::string_view path;
  std::string_view body;
  std::string first_half;  // of the provider's answer, behind its head
  std::string second_half;
};

std::string with_length(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n";
}

/// Of a kind's whole answer.
std::string head_of(const Kind& kind) {
  if (kind.body == kHelloStream) return sse_head();
  return with_length(kind.first_half + kind.second_half);
}

Kind in_halves(const char* name, std::string_view path, std::string_view body,
               std::string_view answer) {
  const std::size_t half = answer.size() / 2;
  return {name, path, body, std::string(answer.substr(0, half)), std::string(answer.substr(half))};
}

std::vector<Kind> kinds() {
  return {in_halves("Chat", kChat, kHello, kAnswer),
          {"Stream", kChat, kHelloStream, chunk(sse_frame(delta("one"))),
           chunk(sse_frame(delta("two", "\"stop\""))) + chunk(sse_frame("[DONE]")) +
               std::string(kLastChunk)},
          in_halves("Embeddings", kEmbeddings, kTexts, kVectors)};
}

enum class Phase { kConnecting, kHandshake, kSending, kBeforeTheHead, kBehindTheHead, kInTheBody };
enum class Leaves { kByClosing, kByReset };

struct Left {
  Phase phase;
  Kind kind;
  Leaves leaves;
};

const char* name_of(Phase phase) {
  switch (phase) {
    case Phase::kConnecting:
      return "Connecting";
    case Phase::kHandshake:
      return "InTheHandshake";
    case Phase::kSending:
      return "Sending";
    case Phase::kBeforeTheHead:
      return "BeforeTheHead";
    case Phase::kBehindTheHead:
      return "BehindTheHead";
    case Phase::kInTheBody:
      return "InTheBody";
  }
  std::abort();
}

/// Leaves it to the test to wait until the provider is that far.
Script hangs_in(const Left& left, std::promise<void>& there) {
  return [left, &there](UpstreamConnection& c) {
    const bool reads = left.phase != Phase::kHandshake && left.phase != Phase::kSending;
    if (reads && !c.read_request()) return;
    if (left.phase >= Phase::kBehindTheHead) c.send(head_of(left.kind));
    if (left.phase == Phase::kInTheBody) c.send(left.kind.first_half);
    there.set_value();
    if (left.phase == Phase::kSending && !c.stall()) return;
    c.wait_for_client_close();
  };
}

class ClientGone : public ::testing::TestWithParam<Left> {
 protected:
  std::string yaml() const {
    std::string yaml =
        config(provider, ", timeouts: {connect: 60s, first_byte: 60s}", "", kSlowLimit);
    const std::string port = std::to_string(provider.port());
    const Phase phase = GetParam().phase;
    if (phase == Phase::kConnecting) replace(yaml, port, std::to_string(nobody.port()));
    if (phase == Phase::kHandshake) replace(yaml, "http://", "https://");
    return yaml;
  }
  static void replace(std::string& text, const std::string& what, const std::string& by) {
    text.replace(text.find(what), what.size(), by);
  }
  /// The kind's body, or one that the sockets on the way cannot hold.
  std::string body() const {
    if (GetParam().phase != Phase::kSending) return std::string(GetParam().kind.body);
    std::string body(GetParam().kind.body);
    const std::string word = GetParam().kind.path == kEmbeddings ? "one" : "hello";
    replace(body, word, std::string(24 << 20, 'x'));
    return body;
  }
  /// Is the exchange where the client is to leave it?
  bool wait_until_there(const GatewayProcess& gateway, RawClient& client, Message& answer) {
    if (GetParam().phase == Phase::kConnecting) {
      return eventually([&] { return metric(gateway, "penstock_exchanges_active") == 1; });
    }
    if (there.get_future().wait_for(kPatience) != std::future_status::ready) return false;
    const bool has_begun =
        GetParam().phase == Phase::kInTheBody && GetParam().kind.body == kHelloStream;
    return !has_begun || (client.read_head(answer) && client.read_until(answer, "one"));
  }

  ScriptedUpstream provider;
  FullListener nobody;
  std::promise<void> there;
};

TEST_P(ClientGone, ClosesTheUpstreamSettlesAndIsNoFaultOfTheProvider) {
  provider.on_connection(hangs_in(GetParam(), there));
  const GatewayProcess gateway(yaml());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const auto descriptors = metric(gateway, "process_open_fds");
  const std::string sent = body();
  auto client = std::make_unique<RawClient>(gateway.port());
  Message answer;
  client->send(post(GetParam().kind.path, sent, kKey));
  ASSERT_TRUE(wait_until_there(gateway, *client, answer));

  const MonotonicTime left_at = system_clock().now();
  if (GetParam().leaves == Leaves::kByReset) client->reset();
  client.reset();

  if (GetParam().phase == Phase::kSending) provider.release();
  if (GetParam().phase != Phase::kConnecting) {
    ASSERT_TRUE(provider.wait_for_client_closes(1));
    const auto took = duration_cast<milliseconds>(provider.client_closes().at(0) - left_at);
    RecordProperty("closed_after_ms", static_cast<int>(took.count()));
  }
  EXPECT_TRUE(eventually([&] { return metric(gateway, "process_open_fds") == descriptors; }));

  const auto record = gateway.wait_for_log([](const auto& entry) {
    return entry.value("event", "") == "exchange" && entry.value("outcome", "") == "client_gone";
  });
  ASSERT_TRUE(record);
  EXPECT_EQ((*record)["upstream"], "provider");
  const bool event_seen =
      GetParam().phase == Phase::kInTheBody && GetParam().kind.body == kHelloStream;
  // What is near to the limit is counted.
  const bool counted = GetParam().phase == Phase::kSending && GetParam().kind.path == kChat;
  const std::int64_t input = counted ? input_count(sent) : input_estimate(sent);
  const std::int64_t charge = input + (event_seen ? 1 : 0);
  EXPECT_TRUE(eventually([&] { return tokens_taken(gateway) == charge; }))
      << *tokens_taken(gateway) << ", not " << charge;
  EXPECT_TRUE(eventually([&] { return is_at_rest(gateway); }));
  EXPECT_EQ(metric(gateway, endings("client_gone")), 1);
  EXPECT_EQ(metric(gateway, endings("upstream_failed")), std::nullopt);
  EXPECT_EQ(exchange_records(gateway), 1u);
}

std::vector<Left> every_way() {
  std::vector<Left> all;
  for (const Phase phase : {Phase::kConnecting, Phase::kHandshake, Phase::kBeforeTheHead,
                            Phase::kBehindTheHead, Phase::kInTheBody}) {
    for (const Kind& kind : kinds()) {
      for (const Leaves leaves : {Leaves::kByClosing, Leaves::kByReset}) {
        all.push_back({phase, kind, leaves});
      }
    }
  }
  all.push_back({Phase::kSending, kinds().at(0), Leaves::kByClosing});
  all.push_back({Phase::kSending, kinds().at(1), Leaves::kByReset});
  return all;
}

INSTANTIATE_TEST_SUITE_P(While, ClientGone, ::testing::ValuesIn(every_way()), [](const auto& test) {
  return std::string(name_of(test.param.phase)) + test.param.kind.name +
         (test.param.leaves == Leaves::kByReset ? "Reset" : "Closed");
});

class ClientKind : public ::testing::TestWithParam<Kind> {};

TEST_P(ClientKind, GoneBeforeItsRequestIsWholeReachesNoProviderAndIsNoExchange) {
  Deployment setup("", "", kSlowLimit);
  const std::string request = post(GetParam().path, GetParam().body, kKey);
  {
    RawClient client(setup.gateway.port());
    client.send(request.substr(0, request.size() - 1));
    ASSERT_TRUE(eventually([&] { return metric(setup.gateway, "penstock_connections") == 1; }));
  }
  EXPECT_TRUE(eventually([&] { return metric(setup.gateway, "penstock_connections") == 0; }));
  EXPECT_EQ(setup.provider.connections(), 0u);
  EXPECT_EQ(exchange_records(setup.gateway), 0u);
  EXPECT_EQ(tokens_taken(setup.gateway), std::nullopt);
}

TEST_P(ClientKind, GoneAfterTheLastByteIsComplete) {
  Deployment setup;
  setup.provider.on_every_request([](auto& c) {
    c.send(head_of(GetParam()) + GetParam().first_half + GetParam().second_half);
  });
  {
    RawClient client(setup.gateway.port());
    client.send(post(GetParam().path, GetParam().body, kKey));
    EXPECT_TRUE(client.read_answer().complete);
    client.reset();
  }
  setup.record("complete");
  EXPECT_TRUE(eventually([&] { return metric(setup.gateway, "penstock_connections") == 0; }));
  EXPECT_EQ(metric(setup.gateway, endings("client_gone")), std::nullopt);
  EXPECT_TRUE(fetch(setup.gateway.port(), post(GetParam().path, GetParam().body, kKey)).complete);
  EXPECT_EQ(setup.provider.connections(), 1u) << "the provider has done nothing wrong";
}

TEST_P(ClientKind, ThatClosesItsSendingSideCountsAsGone) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.wait_for_client_close(); });
  RawClient client(setup.gateway.port());
  client.send(post(GetParam().path, GetParam().body, kKey));
  ASSERT_TRUE(setup.provider.wait_for_requests(1));
  client.half_close();
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
  setup.record("client_gone");
  EXPECT_EQ(client.wait_for_end(), Socket::State::kEnd);
}

INSTANTIATE_TEST_SUITE_P(Routes, ClientKind, ::testing::ValuesIn(kinds()),
                         [](const auto& test) { return test.param.name; });

TEST(ClientAbort, TakesThePipelinedRequestBehindItAlong) {
  Deployment setup;
  setup.provider.on_every_request([](auto& c) { c.wait_for_client_close(); });
  {
    RawClient client(setup.gateway.port());
    client.send(post(kChat, kHello, kKey) + post(kChat, kHelloStream, kKey) +
                get("/v1/models", kKey));
    ASSERT_TRUE(setup.provider.wait_for_requests(1));
  }
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
  setup.record("client_gone");
  EXPECT_TRUE(eventually([&] { return metric(setup.gateway, "penstock_connections") == 0; }));
  EXPECT_EQ(setup.provider.requests().size(), 1u);
  EXPECT_EQ(exchange_records(setup.gateway), 1u);
}

TEST(ClientAbort, ThatArrivesWithTheDataHarmsNobody) {
  Deployment setup("", "", kSlowLimit);
  setup.provider.on_every_request([](auto& c) {
    c.send(c.request().body == kHelloStream
               ? sse_reply({delta("one"), delta("two", "\"stop\""), "[DONE]"})
               : json_reply(200, kAnswer));
  });
  const std::string plain = post(kChat, kHello, kKey);
  const std::string both = plain + post(kChat, kHelloStream, kKey);
  for (int i = 0; i < 300; ++i) {
    RawClient client(setup.gateway.port());
    client.send(i % 2 == 0 ? std::string_view(both)
                           : std::string_view(both).substr(0, plain.size() + 50));
    if (i % 3 == 0) client.half_close();
    if (i % 3 != 1) client.reset();
  }
  EXPECT_TRUE(eventually([&] { return metric(setup.gateway, "penstock_connections") == 0; }));
  EXPECT_TRUE(eventually([&] { return is_at_rest(setup.gateway); }));
  EXPECT_EQ(setup.chat().body, kAnswer);
  EXPECT_EQ(metric(setup.gateway, endings("upstream_failed")), std::nullopt);
}

}  // namespace
}  // namespace penstock::test
