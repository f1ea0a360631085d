// A machine that runs out of something: descriptors, room for the log, memory. docs/faults.md has
// the list.

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>

#include "integration/faults.h"
#include "integration/preload/dose.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Another limit of a running process, until this dies.
class ProcessLimit {
 public:
  ProcessLimit(int pid, __rlimit_resource resource, rlim_t soft) : pid_(pid), resource_(resource) {
    EXPECT_EQ(::prlimit(pid_, resource_, nullptr, &before_), 0) << std::strerror(errno);
    const rlimit now{soft, before_.rlim_max};
    EXPECT_EQ(::prlimit(pid_, resource_, &now, nullptr), 0) << std::strerror(errno);
  }
  ~ProcessLimit() { ::prlimit(pid_, resource_, &before_, nullptr); }
  ProcessLimit(const ProcessLimit&) = delete;
  ProcessLimit& operator=(const ProcessLimit&) = delete;

 private:
  int pid_;
  __rlimit_resource resource_;
  rlimit before_{};
};

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

bool logged(const GatewayProcess& gateway, std::string_view words) {
  return gateway
      .wait_for_log([words](const nlohmann::json& line) {
        return line.value("message", "").find(words) != std::string::npos;
      })
      .has_value();
}

/// All of so many chats are answered; how long that took.
milliseconds all_served(const Deployment& setup, int count) {
  const MonotonicTime begun = system_clock().now();
  for (int i = 0; i < count; ++i) EXPECT_EQ(setup.chat().status(), 200);
  return duration_cast<milliseconds>(system_clock().now() - begun);
}

void answer_all(ScriptedUpstream& provider) {
  provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
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
    refusal = Socket::connect(setup.gateway.port()).read().bytes;
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

// ---------------------------------------------------------------- the log

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

// ---------------------------------------------------------------- memory

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// What goes wrong in the machine of a gateway, while it runs.
class MappedDose {
 public:
  MappedDose() {
    const std::string file = folder_.write("dose", std::string(sizeof(Dose), '\0'));
    const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    void* const mapped = ::mmap(nullptr, sizeof(Dose), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    EXPECT_NE(mapped, MAP_FAILED);
    dose_ = static_cast<Dose*>(mapped);
    dose_->seed = 1;
    environment_ = {std::string("LD_PRELOAD=") + PENSTOCK_PRELOADED_FAULTS,
                    "PENSTOCK_FAULTS=" + file};
  }
  ~MappedDose() { ::munmap(dose_, sizeof(Dose)); }
  MappedDose(const MappedDose&) = delete;
  MappedDose& operator=(const MappedDose&) = delete;

  const std::vector<std::string>& environment() const { return environment_; }
  Dose& operator*() const { return *dose_; }
  Dose* operator->() const { return dose_; }

 private:
  TempFolder folder_;
  Dose* dose_ = nullptr;
  std::vector<std::string> environment_;
};

// What is held for one of these is much more than all of them use.
constexpr std::string_view kCostly =
    R"({"model":"m","max_tokens":100000,"messages":[{"role":"user","content":"hello"}]})";
constexpr std::string_view kCostlyStream =
    R"({"model":"m","max_tokens":100000,"stream":true,"stream_options":{"include_usage":true},)"
    R"("messages":[{"role":"user","content":"hello"}]})";
constexpr std::string_view kUsage =
    R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1750000000,"model":"m",)"
    R"("choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}})";

std::string whole_stream() {
  std::vector<std::string> frames(20, delta("word"));
  frames.push_back(delta("end", "\"stop\""));
  frames.emplace_back(kUsage);
  frames.emplace_back("[DONE]");
  return sse_reply(frames);
}

/// An answer of a gateway that lacks memory: refused, cut, or right, but never wrong.
void expect_honest(const Message& answer, std::string_view request) {
  EXPECT_THAT(answer.status(), AnyOf(200, 503, 502, 0));
  if (answer.status() != 200 || !answer.complete) return;
  EXPECT_EQ(
      answer.body, request == kCostly ? std::string(kAnswer) : [] {
        std::string body;
        for (int i = 0; i < 20; ++i) body += sse_frame(delta("word"));
        return body + sse_frame(delta("end", "\"stop\"")) + sse_frame(kUsage) + sse_frame("[DONE]");
      }());
}

class Memory : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "a sanitizer brings an allocator of its own";
  }
};

TEST_P(Memory, ThatFailsNowAndThenCostsRequestsAndNothingElse) {
  const MappedDose dose;
  ScriptedUpstream provider;
  HeldStream held(provider);
  provider.on_every_request([](auto& c) {
    c.send(c.request().body == kCostlyStream ? whole_stream() : json_reply(200, kAnswer));
  });
  GatewayProcess gateway(config(provider, "", "", kSlowLimit), dose.environment());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  OpenStream stream(gateway, kKey);

  dose->one_of = GetParam();
  std::atomic<int> whole = 0;
  std::vector<std::thread> clients;
  for (int t = 0; t < 3; ++t) {
    clients.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const std::string_view request = i % 2 == 0 ? kCostly : kCostlyStream;
        const Message answer = fetch(gateway.port(), post(kChat, request, kKey));
        expect_honest(answer, request);
        if (answer.status() == 200 && answer.complete) ++whole;
      }
    });
  }
  gateway.signal(SIGHUP);  // a reload fails or works
  for (std::thread& client : clients) client.join();
  const std::uint64_t failures = dose->failures;
  dose->one_of = 0;

  const MonotonicTime begun = system_clock().now();
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(fetch(gateway.port(), post(kChat, kCostly, kKey)).status(), 200);
  }
  const auto took = duration_cast<milliseconds>(system_clock().now() - begun);
  RecordProperty("fifty_served_in_ms", static_cast<int>(took.count()));
  RecordProperty("failures", static_cast<int>(failures));
  RecordProperty("whole_of_300", whole);
  EXPECT_GT(failures, 0u);
  held.release();
  stream.read_to_end();
  EXPECT_TRUE(stream.answer.complete) << "a stream that rested meanwhile goes on";
  EXPECT_TRUE(eventually([&] { return is_at_rest(gateway); }));
  // One reservation that leaked would be 100,000.
  EXPECT_LT(*tokens_taken(gateway), 100'000);
  EXPECT_GE(*tokens_taken(gateway), 10 * (whole + 50));
  gateway.signal(SIGHUP);
  EXPECT_TRUE(logged(gateway, "configuration reloaded"));
  EXPECT_EQ(gateway.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(OneOf, Memory, ::testing::Values(1000, 100, 15),
                         ::testing::PrintToStringParamName());

TEST(MemoryAtAll, ThatIsNotThereTurnsClientsAwayAndServiceReturns) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer brings an allocator of its own";
  const MappedDose dose;
  ScriptedUpstream provider;
  HeldStream held(provider);
  answer_all(provider);
  GatewayProcess gateway(config(provider), dose.environment());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  OpenStream stream(gateway, kKey);
  RawClient kept(gateway.port());
  kept.send(get("/livez"));
  EXPECT_EQ(kept.read_answer().status(), 200);

  dose->one_of = 1;
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), AnyOf(503, 0));
  }
  kept.send(post(kChat, kHello, kKey));
  EXPECT_THAT(kept.read_answer().status(), AnyOf(503, 0));
  dose->one_of = 0;

  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), 200);
  }
  EXPECT_GT(metric(gateway, "penstock_connections_refused_total{reason=\"memory\"}").value_or(0),
            0);
  held.release();
  stream.read_to_end();
  EXPECT_TRUE(stream.answer.complete);
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(AddressSpace, ThatIsUsedUpCostsLargeRequestsAndNothingElse) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer reserves address space in terabytes";
  Deployment setup("", "", kSlowLimit);
  HeldStream held(setup.provider);
  answer_all(setup.provider);
  OpenStream stream(setup.gateway, kKey);
  const std::string large = R"({"model":"m","messages":[{"role":"user","content":")" +
                            std::string(16 << 20, 'x') + "\"}]}";
  {
    const auto used = metric(setup.gateway, "process_virtual_memory_bytes");
    const ProcessLimit limit(setup.gateway.pid(), RLIMIT_AS,
                             static_cast<rlim_t>(*used) + (4u << 20));
    for (int i = 0; i < 3; ++i) EXPECT_THAT(setup.chat(large).status(), AnyOf(503, 0));
    EXPECT_EQ(setup.chat().status(), 200) << "there is room for small ones";
  }
  EXPECT_EQ(setup.chat(large).status(), 200);
  held.release();
  stream.read_to_end();
  EXPECT_TRUE(stream.answer.complete);
  EXPECT_TRUE(eventually([&] { return is_at_rest(setup.gateway); }));
  EXPECT_EQ(setup.gateway.stop(), 0);
}

// ---------------------------------------------------------------- the clock

TEST(WallClock, ThatJumpsMovesNothingButTheTimesInTheLog) {
  if (kSanitized) GTEST_SKIP() << "what is preloaded brings an allocator, and so does a sanitizer";
  constexpr std::int64_t kYear = 366 * 86'400;
  const MappedDose dose;
  ScriptedUpstream provider;
  HeldStream held(provider);
  answer_all(provider);
  GatewayProcess gateway(config(provider, "", "", kSlowLimit), dose.environment());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  RawClient kept(gateway.port());
  OpenStream stream(gateway, kKey);
  std::int64_t served = 0;
  for (const std::int64_t shift : {-kYear, kYear, std::int64_t{-3600}}) {
    dose->shift_s = shift;
    kept.send(post(kChat, kHello, kKey));
    EXPECT_EQ(kept.read_answer().body, kAnswer);
    EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).body, kAnswer);
    served += 2;
  }
  held.release();
  stream.read_to_end();
  EXPECT_TRUE(stream.answer.complete);
  ASSERT_TRUE(eventually([&] { return exchange_records(gateway) == 7; }));
  std::set<std::string> years;
  for (const std::string& line : gateway.log_lines()) {
    const auto entry = nlohmann::json::parse(line);
    years.insert(entry.value("ts", "").substr(0, 4));
    if (entry.value("event", "") == "exchange") {
      EXPECT_GE(entry.value("duration_ms", -1.0), 0);
      EXPECT_LT(entry.value("duration_ms", 1e9), 60'000);
    }
  }
  EXPECT_GE(years.size(), 2u) << "the clock did jump";
  const auto taken = tokens_taken(gateway);
  EXPECT_GE(taken.value_or(0), 10 * served) << "a jump refills no limit";
}

}  // namespace
}  // namespace penstock::test
