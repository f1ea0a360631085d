// Memory that runs out, and a clock on the wall that jumps; docs/faults.md has the list.

#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <set>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>

#include "integration/faults.h"
#include "integration/preload/dose.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using ::testing::AnyOf;

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
  EXPECT_EQ(gateway.stop(), 0) << gateway.errors();
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
  EXPECT_EQ(gateway.stop(), 0) << gateway.errors();
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

TEST(WallClock, ThatJumpsMovesNothingButTheTimesInTheLog) {
  if (kSanitized) GTEST_SKIP() << "what is preloaded brings an allocator, and so does a sanitizer";
  constexpr std::int64_t kYear = 366 * 86'400;
  const MappedDose dose;
  ScriptedUpstream provider;
  HeldStream held(provider);
  answer_all(provider);
  // A budget of the calendar would come back with another month.
  GatewayProcess gateway(config(provider, "", "", "tokens: 7M, every: 366d"), dose.environment());
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
