#include "log/log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/manual_clock.h"
#include "support/temp_folder.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

struct LogTest : testing::Test {
  std::unique_ptr<Log> open(const std::string& file, std::size_t queue_lines = 8192) {
    auto log = Log::open({file, queue_lines}, clock);
    EXPECT_TRUE(log) << log.error().detail;
    return log ? std::move(*log) : nullptr;
  }

  test::ManualClock clock;
  test::TempFolder folder;
  std::string path = folder.path() + "/log";
};

TEST_F(LogTest, WritesEachLineAsItIs) {
  const auto log = open(path);
  log->write(R"({"a":"%v {} %"})");
  log->write("{}");
  log->flush();
  EXPECT_THAT(lines_of(path), ElementsAre(R"({"a":"%v {} %"})", "{}"));
  EXPECT_EQ(log->dropped(), 0u);
}

TEST_F(LogTest, AppendsToAFileThatIsThere) {
  folder.write("log", "{\"old\":1}\n");
  open(path)->write("{}");
  EXPECT_THAT(lines_of(path), ElementsAre(R"({"old":1})", "{}"));
}

TEST_F(LogTest, WritesWhatWaitsWhenItDies) {
  {
    const auto log = open(path);
    for (int i = 0; i < 1000; ++i) log->write("{\"i\":" + std::to_string(i) + "}");
  }
  const auto lines = lines_of(path);
  ASSERT_EQ(lines.size(), 1000u);
  EXPECT_EQ(lines.front(), "{\"i\":0}");
  EXPECT_EQ(lines.back(), "{\"i\":999}");
}

TEST_F(LogTest, WritesMessagesOfTheProgramItself) {
  const auto log = open(path);
  log->server(Log::Level::kInfo, "listening", R"("port":4000)");
  log->server(Log::Level::kError, "bad \"name\"\n");
  log->flush();
  EXPECT_THAT(
      lines_of(path),
      ElementsAre(
          R"({"ts":"2026-01-02T03:04:05.678Z","level":"info","event":"server","message":"listening","port":4000})",
          R"({"ts":"2026-01-02T03:04:05.678Z","level":"error","event":"server","message":"bad \"name\"\n"})"));
}

TEST_F(LogTest, BoundsMessagesOfTheProgramItself) {
  const auto log = open(path);
  log->server(Log::Level::kWarning, std::string(1 << 20, 'x'));
  log->flush();
  ASSERT_EQ(lines_of(path).size(), 1u);
  EXPECT_LT(lines_of(path).front().size(), 5000u);
}

TEST_F(LogTest, SaysWhichFileCannotBeOpenedAndWhy) {
  const auto log = Log::open({folder.path() + "/none/log", 16}, clock);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().detail,
            "cannot open the log file `" + folder.path() + "/none/log`: No such file or directory");
}

TEST_F(LogTest, KeepsEveryLineOfManyThreadsWhole) {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  const std::string rest(300, 'x');
  const auto log = open(path, kThreads * kLines + 1);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kLines; ++i) log->write("{" + rest + "}");
      });
    }
  }
  log->flush();
  const auto lines = lines_of(path);
  EXPECT_EQ(lines.size(), kThreads * kLines);
  EXPECT_THAT(lines, testing::Each("{" + rest + "}"));
  EXPECT_EQ(log->dropped(), 0u);
}

/// A pipe as the log's file: until somebody reads, writing to it stands still.
class Pipe {
 public:
  explicit Pipe(const std::string& path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    reader_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
    EXPECT_GE(reader_, 0);
    ::fcntl(reader_, F_SETFL, 0);
  }
  ~Pipe() { ::close(reader_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::string read_to_the_end() const {
    std::string all;
    char part[4096];
    for (;;) {
      const auto count = ::read(reader_, part, sizeof part);
      if (count <= 0) return all;
      all.append(part, static_cast<std::size_t>(count));
    }
  }

 private:
  int reader_;
};

std::uint64_t lines_in(const std::string& text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(LogTest, KeepsTheFirstLinesAndCountsTheOthersWhenTheReaderStalls) {
  constexpr std::size_t kLines = 2000;
  const Pipe pipe(path);
  auto log = open(path, 8);
  // More than a pipe holds, and nobody reads: the writers must get through nevertheless.
  const std::string filler(1000, 'x');
  for (std::size_t i = 0; i < kLines; ++i) log->write(std::to_string(i) + filler);
  const std::uint64_t dropped = log->dropped();
  EXPECT_GT(dropped, 0u);

  std::string all;
  std::jthread reader([&] { all = pipe.read_to_the_end(); });
  log.reset();
  reader.join();
  EXPECT_EQ(lines_in(all), kLines - dropped);
  EXPECT_THAT(all, testing::StartsWith("0x"));
}

TEST_F(LogTest, BoundsWhatWaitsInBytesAndTakesLinesAgainOnceTheyAreOut) {
  constexpr std::size_t kLineBytes = 16 * 1024;
  constexpr std::size_t kLines = 100;
  const Pipe pipe(path);
  auto log = Log::open({.file = path, .queue_bytes = 10 * (kLineBytes + 1)}, clock);
  ASSERT_TRUE(log);
  const std::string line(kLineBytes, 'x');
  for (std::size_t i = 0; i < kLines; ++i) (*log)->write(line);
  const std::uint64_t dropped = (*log)->dropped();
  // Ten wait; no more than the pipe holds (64 KiB) can have left meanwhile.
  EXPECT_GE(dropped, kLines - 10 - 4);

  std::string all;
  std::jthread reader([&] { all = pipe.read_to_the_end(); });
  (*log)->flush();
  for (std::size_t i = 0; i < 10; ++i) (*log)->write(line);
  EXPECT_EQ((*log)->dropped(), dropped);
  log->reset();
  reader.join();
  EXPECT_EQ(lines_in(all), kLines - dropped + 10);
}

TEST_F(LogTest, OpensAPipeThatNobodyReads) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto log = open(path);
  log->write("{}");
  const int reader = ::open(path.c_str(), O_RDONLY);
  std::array<char, 8> bytes{};
  EXPECT_EQ(::read(reader, bytes.data(), bytes.size()), 3);
  ::close(reader);
}

TEST_F(LogTest, EndsAlsoWhenNobodyReads) {
  const Pipe pipe(path);
  auto log = Log::open({.file = path, .end_time = 10ms}, clock);
  ASSERT_TRUE(log);
  const std::string line(64 * 1024, 'x');
  for (int i = 0; i < 10; ++i) (*log)->write(line);
  (*log)->finish();
  EXPECT_GE((*log)->dropped(), 8u);  // the pipe holds one line
}

TEST_F(LogTest, CountsLinesThatTheFileDoesNotTake) {
  const auto log = open("/dev/full");
  log->write("{}");
  log->write("{}");
  log->flush();
  EXPECT_EQ(log->dropped(), 2u);
}

struct Moment {
  std::int64_t milliseconds;
  std::string text;
};
class FormatTime : public testing::TestWithParam<Moment> {};

TEST_P(FormatTime, IsRfc3339InUtc) {
  EXPECT_EQ(format_time(WallTime(std::chrono::milliseconds(GetParam().milliseconds))),
            GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Moments, FormatTime,
                         testing::Values(Moment{0, "1970-01-01T00:00:00.000Z"},
                                         Moment{1'767'323'045'678, "2026-01-02T03:04:05.678Z"},
                                         Moment{951'782'400'001, "2000-02-29T00:00:00.001Z"},
                                         Moment{-1, "1969-12-31T23:59:59.999Z"},
                                         Moment{4'102'444'799'999, "2099-12-31T23:59:59.999Z"}));

TEST(LogLevel, HasTheNamesOfTheLines) {
  EXPECT_STREQ(to_string(Log::Level::kDebug), "debug");
  EXPECT_STREQ(to_string(Log::Level::kInfo), "info");
  EXPECT_STREQ(to_string(Log::Level::kWarning), "warning");
  EXPECT_STREQ(to_string(Log::Level::kError), "error");
}

}  // namespace
}  // namespace penstock
