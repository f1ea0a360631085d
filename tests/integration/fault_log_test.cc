// A log that nobody reads, a full disk, and text that would break a line; docs/faults.md has the
// list.

#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
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

/// Reads the lines of a named pipe, on a thread of its own, until this dies.
class PipeReader {
 public:
  explicit PipeReader(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK)) {
    EXPECT_GE(fd_, 0);
    thread_ = std::jthread([this](const std::stop_token& stop) { read(stop); });
  }
  ~PipeReader() {
    thread_.request_stop();
    thread_.join();
    ::close(fd_);
  }
  PipeReader(const PipeReader&) = delete;
  PipeReader& operator=(const PipeReader&) = delete;

  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  void read(const std::stop_token& stop) {
    std::string rest;
    std::vector<char> buffer(64 << 10);
    while (!stop.stop_requested()) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
      if (size > 0) rest.append(buffer.data(), static_cast<std::size_t>(size));
      for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(rest.substr(0, end));
      }
    }
  }

  int fd_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> lines_;
  std::jthread thread_;
};

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

  const PipeReader reader(pipe);
  ASSERT_TRUE(eventually([&] {
    return static_cast<std::int64_t>(reader.lines().size()) + *metric(gateway, kDropped) == 20;
  }));
  const auto dropped = metric(gateway, kDropped);
  EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), 200);
  ASSERT_TRUE(eventually([&] { return reader.lines().back().size() < 10'000; }));
  EXPECT_THAT(reader.lines().back(), HasSubstr("hello"));
  EXPECT_EQ(metric(gateway, kDropped), dropped);
  for (const std::string& line : reader.lines()) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << "a line is whole";
  }
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
