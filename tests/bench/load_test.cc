#include "bench/load.h"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "bench/provider.h"
#include "support/scripted_upstream.h"
#include "support/test_certificate.h"

namespace penstock::bench {
namespace {

using test::ScriptedUpstream;

/// The scripted provider on a thread of its own.
class RunningProvider {
 public:
  explicit RunningProvider(SSL_CTX* tls = nullptr)
      : provider_(start_listening(port_), tls), thread_([this] { run(); }) {}
  ~RunningProvider() {
    stopped_ = true;
    thread_.join();
  }
  std::uint16_t port() const noexcept { return port_; }

 private:
  void run() {
    while (!stopped_) provider_.run_once(now() + 10 * kMillisecond);
  }

  std::uint16_t port_ = 0;
  std::atomic<bool> stopped_ = false;
  Provider provider_;
  std::thread thread_;
};

Question question(std::string_view name, StreamUsage usage = StreamUsage::kAbsent,
                  std::size_t size = 1000) {
  const Script script = Script::parse(name).value();
  const std::string body = make_request(script, usage, size);
  Question question;
  question.request = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body;
  question.answer = make_answer(script, usage);
  return question;
}

LoadOptions few(std::uint16_t port, std::uint64_t requests, std::size_t connections = 1) {
  LoadOptions options;
  options.port = port;
  options.requests = requests;
  options.connections = connections;
  options.length = 60 * kSecond;
  return options;
}

LoadReport run(const LoadOptions& options, const Question& asked) {
  return Load(options, asked).run();
}

double sum_of_latencies(const LoadReport& report) {
  return report.latency.mean() * static_cast<double>(report.latency.count());
}

TEST(Load, AsksAsOftenAsItIsToldAndFindsEveryAnswerRight) {
  const RunningProvider provider;
  for (const char* name : {"chat-600", "chat-300000", "stream-64", "stream-4-1ms"}) {
    const LoadReport report = run(few(provider.port(), 20, 4), question(name));
    EXPECT_EQ(report.faults, 0u) << name << ": " << report.first_fault;
    EXPECT_EQ(report.answers, 20u);
    EXPECT_EQ(report.latency.count(), 20u);
    EXPECT_LE(report.connections, 4u);
  }
}

TEST(Load, SendsLargeRequests) {
  const RunningProvider provider;
  const auto asked = question("chat-600", StreamUsage::kAbsent, std::size_t{2} << 20);
  const LoadReport report = run(few(provider.port(), 4, 2), asked);
  EXPECT_EQ(report.answers, 4u) << report.first_fault;
}

TEST(Load, SeesEachEventOfAStream) {
  const RunningProvider provider;
  const LoadReport report =
      run(few(provider.port(), 3), question("stream-5-10ms", StreamUsage::kPresent));
  EXPECT_EQ(report.faults, 0u) << report.first_fault;
  EXPECT_EQ(report.events, 3u * 7);
  EXPECT_EQ(report.first_event.count(), 3u);
  EXPECT_GE(report.gap.max(), 8 * kMillisecond);
  EXPECT_GE(report.latency.at(0.01), 35 * kMillisecond);
}

TEST(Load, ChargesForWaitingInAnOpenLoopOnly) {
  // Each answer takes 10 ms and one is asked for every millisecond, on one connection.
  const RunningProvider provider;
  LoadOptions options = few(provider.port(), 25);
  const LoadReport closed = run(options, question("chat-600-10ms"));
  options.rate = 1000;
  const LoadReport open = run(options, question("chat-600-10ms"));
  ASSERT_EQ(open.answers, 25u) << open.first_fault;
  ASSERT_EQ(closed.answers, 25u) << closed.first_fault;
  // The last was meant for 24 ms and cannot come before 250 ms.
  EXPECT_GE(open.latency.max(), 220 * kMillisecond);
  EXPECT_GT(sum_of_latencies(open), 5 * static_cast<double>(open.time));
  EXPECT_LE(sum_of_latencies(closed), 1.02 * static_cast<double>(closed.time));
}

TEST(Load, OpensAConnectionForEachRequestWhereThatIsMeant) {
  const RunningProvider provider;
  LoadOptions options = few(provider.port(), 20, 2);
  options.churn = true;
  const LoadReport report = run(options, question("chat-600"));
  EXPECT_EQ(report.faults, 0u) << report.first_fault;
  EXPECT_EQ(report.connections, 20u);
}

TEST(Load, HoldsIdleConnectionsBesideTheOthers) {
  ScriptedUpstream provider;
  const std::string answer = make_message(*Script::parse("chat-600"), StreamUsage::kAbsent).bytes;
  provider.on_every_request([answer](auto& connection) { connection.send(answer); });
  LoadOptions options = few(provider.port(), 10);
  options.idle_connections = 5;
  std::size_t open_at_first = 0;
  options.on_open = [&] {  // the provider may take a connection later than it was made
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (provider.connections() < 5 && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::yield();
    }
    open_at_first = provider.connections();
  };
  const Question asked = question("chat-600");
  Load load(options, asked);  // which closes its connections when it dies
  const LoadReport& report = load.run();
  EXPECT_EQ(report.faults, 0u) << report.first_fault;
  EXPECT_EQ(open_at_first, 5u);
  EXPECT_EQ(provider.connections(), 6u);
  EXPECT_EQ(report.answers, 10u);
  EXPECT_EQ(provider.client_closes().size(), 0u);
}

TEST(Load, TellsWhenAllStreamsHaveBegun) {
  const RunningProvider provider;
  LoadOptions options = few(provider.port(), 8, 8);
  int told = 0;
  options.on_open = [&] { ++told; };
  EXPECT_EQ(run(options, question("stream-4-5ms")).answers, 8u);
  EXPECT_EQ(told, 1);
}

TEST(Load, ReadsSlowlyAndLooksAtWhatComes) {
  const RunningProvider provider;
  LoadOptions options = few(provider.port(), 0, 3);
  options.read_rate = 20000;
  LoadReport report;
  // On a busy machine the first bytes may take longer than half a second.
  for (options.length = kSecond / 2; report.body_bytes == 0 && options.length < 60 * kSecond;
       options.length *= 2) {
    report = run(options, question("stream-20000"));
  }
  const auto halves = static_cast<std::uint64_t>(options.length / kSecond);  // of a second
  EXPECT_EQ(report.faults, 0u) << report.first_fault;
  EXPECT_EQ(report.unfinished, 3u);
  EXPECT_GT(report.body_bytes, 0u);
  // So much comes at that rate, for three of them, and a reading in reserve.
  EXPECT_LE(report.body_bytes, 3u * (10000 * halves + 2000));
}

TEST(Load, SpeaksTls) {
  const test::TestCertificate certificate;
  const TlsContext server = tls_server(certificate.file(), certificate.key_file());
  const TlsContext client = tls_client(certificate.file());
  ASSERT_TRUE(server && client);
  const RunningProvider provider(server.get());
  for (const bool churn : {false, true}) {
    LoadOptions options = few(provider.port(), 10, 2);
    options.tls = client.get();
    options.churn = churn;
    for (const char* name : {"chat-300000", "stream-8-1ms"}) {
      const LoadReport report = run(options, question(name));
      EXPECT_EQ(report.answers, 10u) << report.first_fault;
    }
  }
}

TEST(Load, TrustsNoStranger) {
  const test::TestCertificate certificate;
  const test::TestCertificate other;
  const TlsContext server = tls_server(certificate.file(), certificate.key_file());
  const TlsContext client = tls_client(other.file());
  const RunningProvider provider(server.get());
  LoadOptions options = few(provider.port(), 1);
  options.tls = client.get();
  const LoadReport report = run(options, question("chat-600"));
  EXPECT_EQ(report.answers, 0u);
  EXPECT_GT(report.faults, 0u);
}

TEST(Load, FindsAFaultWhereNobodyListens) {
  std::uint16_t port = 0;
  ::close(start_listening(port));
  const LoadReport report = run(few(port, 1), question("chat-600"));
  EXPECT_EQ(report.answers, 0u);
  EXPECT_GT(report.faults, 0u);
}

/// What the load says of one answer that is not as it should be.
std::string fault_of(const std::string& answer, const Question& asked = question("stream-4")) {
  ScriptedUpstream provider;
  provider.on_every_request([&](auto& connection) {
    connection.send(answer);
    connection.close();
  });
  const LoadReport report = run(few(provider.port(), 1), asked);
  EXPECT_EQ(report.faults, 1u);
  EXPECT_EQ(report.answers, 0u);
  return report.first_fault;
}

/// The stream of four events, as it is right.
std::vector<std::string> events() {
  const Answer answer = question("stream-4").answer;
  std::vector<std::string> events;
  std::size_t begin = 0;
  for (const std::size_t end : answer.event_ends) {
    events.push_back(answer.body.substr(begin, end - begin));
    begin = end;
  }
  return events;
}

std::string stream_of(const std::vector<std::string>& events) {
  std::string bytes = test::sse_head();
  for (const std::string& event : events) bytes += test::chunk(event);
  return bytes + std::string(test::kLastChunk);
}

TEST(LoadFaults, AreEventsLostChangedReorderedOrRepeated) {
  const std::string differs = "the body differs from what was expected";
  auto wrong = events();
  wrong.erase(wrong.begin() + 2);
  EXPECT_EQ(fault_of(stream_of(wrong)), differs);
  wrong = events();
  std::swap(wrong[1], wrong[2]);
  EXPECT_EQ(fault_of(stream_of(wrong)), differs);
  wrong = events();
  wrong[3].replace(wrong[3].find("word3"), 5, "word4");
  EXPECT_EQ(fault_of(stream_of(wrong)), differs);
  wrong = events();
  wrong.push_back(wrong.back());
  EXPECT_EQ(fault_of(stream_of(wrong)), differs);
}

TEST(LoadFaults, AreStreamsThatEndTooEarly) {
  auto wrong = events();
  wrong.pop_back();
  EXPECT_EQ(fault_of(stream_of(wrong)), "the body ended too early");
  const std::string right = stream_of(events());
  EXPECT_EQ(fault_of(right.substr(0, right.size() - 2)), "the connection was closed");
}

TEST(LoadFaults, AreBytesThatNobodyAskedFor) {
  EXPECT_EQ(fault_of(stream_of(events()) + "HTTP/1.1 200 OK\r\n"),
            "bytes came that nobody had asked for");
}

TEST(LoadFaults, AreWrongStatusesTextsAndLengths) {
  const std::string right = make_answer(*Script::parse("chat-600"), StreamUsage::kAbsent).body;
  EXPECT_EQ(fault_of(test::json_reply(500, right), question("chat-600")), "the status is 500");
  EXPECT_EQ(fault_of(test::json_reply(200, right + " "), question("chat-600")),
            "the body differs from what was expected");
  Question asked = question("chat-600");
  asked.answer = {};
  asked.status = 401;
  asked.text = "invalid_api_key";
  EXPECT_EQ(fault_of(test::json_reply(401, "{}"), asked), "the body lacks the text");
}

TEST(LoadFaults, AreAnswersThatDoNotCome) {
  ScriptedUpstream provider;
  provider.on_every_request([](auto& connection) { connection.stall(); });
  LoadOptions options = few(provider.port(), 2, 2);
  options.length = kSecond / 10;
  options.patience = kSecond / 10;
  const LoadReport report = run(options, question("chat-600"));
  EXPECT_EQ(report.faults, 2u);
  EXPECT_EQ(report.first_fault, "2 answers did not come in time");
}

TEST(LoadFaults, EndARunThatTeachesNothing) {
  ScriptedUpstream provider;
  provider.on_every_request([](auto& connection) { connection.close(); });
  const LoadReport report = run(few(provider.port(), 0), question("chat-600"));
  EXPECT_EQ(report.faults, 100u);
}

/// The provider's status for a request with that body.
std::string answer_to(const RunningProvider& provider, const std::string& body) {
  Question asked = question("chat-600");
  asked.request =
      "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  asked.answer = {};
  asked.status = 422;
  const LoadReport report = run(few(provider.port(), 1), asked);
  return report.faults == 0 ? "the status is 422" : report.first_fault;
}

TEST(Provider, RefusesRequestsThatWereSpoilt) {
  const RunningProvider provider;
  const Script chat = *Script::parse("chat-600");
  const std::string right = make_request(chat, StreamUsage::kAbsent, 3000);
  EXPECT_EQ(answer_to(provider, right), "the status is 200");
  std::string wrong = right;
  ++wrong[2000];
  EXPECT_EQ(answer_to(provider, wrong), "the status is 422");
  wrong = right + " ";
  EXPECT_EQ(answer_to(provider, wrong), "the status is 422");
  EXPECT_EQ(answer_to(provider, "{}"), "the status is 422");
}

TEST(Provider, TakesTheWishForUsageThatAGatewayAdds) {
  const RunningProvider provider;
  const Script stream = *Script::parse("stream-4");
  const std::string right = make_request(stream, StreamUsage::kAbsent, 1000);
  const std::string wish(kAsksUsage);
  Question asked = question("stream-4", StreamUsage::kPresent);
  for (const std::string& body :
       {"{" + wish + "," + right.substr(1), right.substr(0, right.size() - 1) + "," + wish + "}"}) {
    asked.request =
        "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    const LoadReport report = run(few(provider.port(), 1), asked);
    EXPECT_EQ(report.answers, 1u) << report.first_fault;
  }
}

}  // namespace
}  // namespace penstock::bench
