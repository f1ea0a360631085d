#include "gateway/state_keeper.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "support/full_disk.h"
#include "support/manual_clock.h"
#include "support/socket.h"
#include "support/temp_folder.h"

namespace penstock::gateway {
namespace {

using namespace std::chrono_literals;
using penstock::test::FullDisk;
using penstock::test::ManualClock;
using penstock::test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Meters without anything behind them.
class Meters final : public limits::StateSource {
 public:
  void track_changes() override {}
  std::vector<limits::MeterState> take_changes(std::size_t most) override {
    const std::lock_guard lock(mutex_);
    if (std::exchange(has_no_memory_, false)) throw std::bad_alloc();
    const auto taken = static_cast<std::ptrdiff_t>(std::min(most, changes_.size()));
    std::vector<limits::MeterState> first(changes_.begin(), changes_.begin() + taken);
    changes_.erase(changes_.begin(), changes_.begin() + taken);
    return first;
  }
  void restore(std::span<const limits::MeterState> states) override {
    for (const auto& state : states) {
      restored.push_back(state.key + "=" + std::to_string(state.used));
    }
  }
  void change(std::string key, std::uint64_t used) {
    const std::lock_guard lock(mutex_);
    changes_.push_back({std::move(key), used, WallTime(), WallTime::max()});
  }
  void run_out_of_memory_once() {
    const std::lock_guard lock(mutex_);
    has_no_memory_ = true;
  }

  std::vector<std::string> restored;

 private:
  std::mutex mutex_;
  std::vector<limits::MeterState> changes_;  // guarded by mutex_
  bool has_no_memory_ = false;               // guarded by mutex_
};

class Keeper : public ::testing::Test {
 protected:
  std::unique_ptr<StateKeeper> start(limits::StateSource* source,
                                     std::chrono::milliseconds every = 1h) {
    auto keeper = StateKeeper::start({folder_.path(), every}, source, *log_, clock_);
    EXPECT_TRUE(keeper) << keeper.error().detail;
    return std::move(*keeper);
  }
  std::string text_of(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string logged() {
    log_->flush();
    return text_of(log_file_);
  }
  /// Waits for the keeper's thread.
  template <class Condition>
  bool eventually(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + penstock::test::kPatience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::vector<std::string> kept() {
    Meters next;
    start(&next);
    return next.restored;
  }

  TempFolder folder_;
  TempFolder log_folder_;
  std::string log_file_ = log_folder_.path() + "/log";
  ManualClock clock_;
  std::unique_ptr<Log> log_ = std::move(*Log::open({.file = log_file_}, clock_));
};

TEST_F(Keeper, GivesTheNextProcessWhatChangedLast) {
  Meters meters;
  auto keeper = start(&meters);  // its hour does not come
  EXPECT_THAT(meters.restored, IsEmpty());
  meters.change("a", 1);
  meters.change("b", 2);
  meters.change("a", 3);
  keeper.reset();
  EXPECT_THAT(kept(), ElementsAre("a=3", "b=2"));
  EXPECT_EQ(logged(), "");
}

TEST_F(Keeper, MovesChangesWhileTheProcessRuns) {
  Meters meters;
  const auto keeper = start(&meters, 1ms);
  for (const std::string key : {"first", "second"}) {
    meters.change(key, 1);
    EXPECT_TRUE(eventually([&] {
      return text_of(folder_.path() + "/limits.journal").find(key) != std::string::npos;
    }));
  }
}

TEST_F(Keeper, TakesAllChangesHoweverMany) {
  Meters meters;
  auto keeper = start(&meters);
  for (int i = 0; i < 25'000; ++i) meters.change(std::to_string(i), 1);
  keeper.reset();
  EXPECT_EQ(kept().size(), 25'000u);
}

TEST_F(Keeper, SaysWhenADiskIsFullAndWhenItIsNoMore) {
  Meters meters;
  auto keeper = start(&meters, 1ms);
  const std::string key(50'000, 'k');
  {
    const FullDisk full(20'000);
    meters.change(key, 1);
    EXPECT_TRUE(
        eventually([&] { return logged().find("are not kept in `") != std::string::npos; }));
    meters.change("b", 2);
  }
  EXPECT_TRUE(eventually([&] { return logged().find("` again") != std::string::npos; }));
  keeper.reset();
  EXPECT_THAT(kept(), ElementsAre("b=2", key + "=1"));
  const std::string log = logged();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
  EXPECT_THAT(log, HasSubstr("\"level\":\"error\""));
  EXPECT_THAT(log, HasSubstr("a restart would begin them anew until that is cured"));
}

TEST_F(Keeper, GoesOnWhenMemoryRanOut) {
  Meters meters;
  auto keeper = start(&meters, 1ms);
  meters.run_out_of_memory_once();
  EXPECT_TRUE(eventually([&] { return logged().find("out of memory") != std::string::npos; }));
  meters.change("a", 1);
  keeper.reset();
  EXPECT_THAT(kept(), ElementsAre("a=1"));
}

TEST_F(Keeper, SaysThatTheFileWasDamaged) {
  folder_.write("limits.journal", "penstock limits 1\ngarbage");
  EXPECT_THAT(kept(), IsEmpty());
  EXPECT_THAT(logged(), HasSubstr("is damaged from byte 18 on"));
}

TEST_F(Keeper, NamesTheSettingOfAFolderThatCannotBeUsed) {
  const auto refusal = [&](const std::string& folder) {
    const auto keeper = StateKeeper::start({folder}, nullptr, *log_, clock_);
    return keeper ? "" : keeper.error().detail;
  };
  EXPECT_THAT(refusal("/nowhere"), HasSubstr("server.state_dir: cannot use the folder `/nowhere`"));
  const auto first = start(nullptr);  // nothing to keep, and yet the folder is its own
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("server.state_dir: another process uses"));
}

}  // namespace
}  // namespace penstock::gateway
