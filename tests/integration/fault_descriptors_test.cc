// File descriptors and connections that run out; docs/faults.md has the list.

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>

#include "integration/faults.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// CPU time of a process so far (proc(5): utime and stime, in ticks).
milliseconds cpu_time(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

/// All of so many chats are answered; how long that took.
milliseconds all_served(const Deployment& setup, int count) {
  const MonotonicTime begun = system_clock().now();
  for (int i = 0; i < count; ++i) EXPECT_EQ(setup.chat().status(), 200);
  return duration_cast<milliseconds>(system_clock().now() - begun);
}

TEST(Descriptors, ThatRunOutTurnNewConnectionsAwayAndHarmNoStream) {
  Deployment setup;
  HeldStream held(setup.provider);
  answer_all(setup.provider);
  OpenStream stream(setup.gateway, kKey);
  std::vector<Socket> idle;
  std::string refusal;
  {
    const ProcessLimit limit(setup.gateway.pid(), RLIMIT_NOFILE, 64);
    idle.push_back(Socket::connect(setup.gateway.port()));
    ASSERT_TRUE(eventually([&] {
      idle.push_back(Socket::connect(setup.gateway.port()));
      return metric(setup.gateway, "penstock_connections_refused_total{reason=\"descriptors\"}") >
             0;  // the control plane answers
    }));
    // What the control plane used meanwhile may be free again: others take that first.
    while (refusal.empty() && idle.size() < 64) {
      idle.push_back(Socket::connect(setup.gateway.port()));
      refusal = idle.back().read(100ms).bytes;
    }
    EXPECT_TRUE(logged(setup.gateway, "no file descriptor is left"));

    // Who is connected already finds none for the upstream, which is not the upstream's fault.
    idle.front().send(post(kChat, kHello, kKey));
    EXPECT_THAT(idle.front().read().bytes, StartsWith("HTTP/1.1 503 "));
    EXPECT_EQ(metric(setup.gateway, endings("upstream_failed")), std::nullopt);

    held.release();
    stream.read_to_end();
    EXPECT_TRUE(stream.answer.complete);
    EXPECT_THAT(stream.answer.body, HasSubstr("[DONE]"));
  }
  EXPECT_THAT(refusal, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refusal, HasSubstr("\r\nretry-after: 1\r\n"));
  idle.clear();
  RecordProperty("fifty_served_in_ms", static_cast<int>(all_served(setup, 50).count()));
}

TEST(Descriptors, OfWhichNoneIsLeftCostNoProcessorTimeAndServiceReturns) {
  if (kSanitized) GTEST_SKIP() << "sanitizers look at memory by way of pipes and need descriptors";
  Deployment setup;
  HeldStream held(setup.provider);
  answer_all(setup.provider);
  OpenStream stream(setup.gateway, kKey);
  MonotonicTime free_again;
  Socket waiting(-1);
  {
    const ProcessLimit limit(setup.gateway.pid(), RLIMIT_NOFILE, 3);
    waiting = Socket::connect(setup.gateway.port());
    const Socket control = Socket::connect(setup.gateway.control_port());
    waiting.send(post(kChat, kHello, kKey));
    const milliseconds before = cpu_time(setup.gateway.pid());
    const MonotonicTime begun = system_clock().now();
    EXPECT_EQ(waiting.read(600ms).state, Socket::State::kTimeout) << "nobody could accept it";
    const auto passed = system_clock().now() - begun;
    const milliseconds used = cpu_time(setup.gateway.pid()) - before;
    EXPECT_LT(used, passed / 4) << "waiting for a descriptor must not be a busy loop";
    RecordProperty("cpu_used_ms", static_cast<int>(used.count()));
    EXPECT_TRUE(logged(setup.gateway, "no file descriptor is left"));

    held.release();
    stream.read_to_end();
    EXPECT_TRUE(stream.answer.complete);
    free_again = system_clock().now();
  }
  EXPECT_THAT(waiting.read().bytes, StartsWith("HTTP/1.1 200 "));
  const auto took = duration_cast<milliseconds>(system_clock().now() - free_again);
  RecordProperty("served_after_ms", static_cast<int>(took.count()));
  EXPECT_EQ(fetch(setup.gateway.control_port(), get("/readyz")).status(), 200);
  all_served(setup, 10);
}

TEST(MaxConnections, IsKeptAndTold) {
  Deployment setup("", ", limits: {max_connections: 3}");
  answer_all(setup.provider);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(setup.gateway.port()));
    clients.back()->send(get("/livez"));
    EXPECT_EQ(clients.back()->read_answer().status(), 200);
  }
  RawClient beyond(setup.gateway.port());
  const Message refusal = beyond.read_answer();
  EXPECT_EQ(refusal.status(), 503);
  EXPECT_EQ(refusal.field("retry-after"), "1");
  EXPECT_EQ(error_of(refusal)["code"], "overloaded");
  EXPECT_NE(beyond.wait_for_end(), Socket::State::kTimeout);
  EXPECT_EQ(metric(setup.gateway, "penstock_connections_refused_total{reason=\"limit\"}"), 1);
  EXPECT_TRUE(logged(setup.gateway, "max_connections is reached"));

  clients.pop_back();
  EXPECT_TRUE(eventually([&] { return setup.chat().status() == 200; }));
}

}  // namespace
}  // namespace penstock::test
