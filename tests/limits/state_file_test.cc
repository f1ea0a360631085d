#include "limits/state_file.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <gmock/gmock.h>

#include "limits/state_record.h"
#include "support/full_disk.h"
#include "support/manual_clock.h"
#include "support/temp_folder.h"

namespace penstock::limits {
namespace {

using namespace std::chrono_literals;
using penstock::test::FullDisk;
using penstock::test::ManualClock;
using penstock::test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kVersionLineBytes = 18;

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string text_of(const MeterState& state) {
  return state.key + "=" + std::to_string(state.used);
}

class StateFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<StateFile> open() {
    auto file = StateFile::open(folder_.path(), clock_);
    EXPECT_TRUE(file) << file.error().detail;
    return std::move(*file);
  }
  std::string refusal() {
    const auto file = StateFile::open(folder_.path(), clock_);
    return file ? "" : file.error().detail;
  }
  MeterState state(std::string key, std::uint64_t used, std::chrono::seconds lives = 1h) const {
    return {std::move(key), used, clock_.wall_now(), clock_.wall_now() + lives};
  }
  void append(StateFile& file, const std::vector<MeterState>& changes) {
    const auto done = file.append(changes);
    EXPECT_TRUE(done) << done.error().detail;
  }
  /// What a process would find that starts now: "key=used", ordered by key.
  std::vector<std::string> kept() {
    std::vector<std::string> texts;
    for (const MeterState& each : open()->load()) texts.push_back(text_of(each));
    return texts;
  }
  std::string journal() const { return folder_.path() + "/limits.journal"; }

  TempFolder folder_;
  ManualClock clock_;
};

TEST_F(StateFileTest, BeginsEmpty) {
  EXPECT_THAT(kept(), IsEmpty());
  EXPECT_THAT(kept(), IsEmpty());
  EXPECT_EQ(open()->damage(), "");
}

TEST_F(StateFileTest, GivesBackWhatWasWritten) {
  const MeterState odd{std::string("\0\n\xff key", 7), 1'000'000'000'000'000,
                       clock_.wall_now() + 123ns, clock_.wall_now() + 365 * 24h};
  const MeterState long_one = state(std::string(internal::kMaxKeyBytes, 'k'), 7);
  append(*open(), {odd, state("", 3), long_one});
  const auto states = open()->load();
  ASSERT_EQ(states.size(), 3u);
  EXPECT_EQ(text_of(states[0]), "=3");
  EXPECT_EQ(states[1].key, odd.key);
  EXPECT_EQ(states[1].used, odd.used);
  EXPECT_EQ(states[1].at, odd.at);
  EXPECT_EQ(states[1].expires, odd.expires);
  EXPECT_EQ(states[2].key, long_one.key);
}

TEST_F(StateFileTest, KeepsTheLastStateOfEachMeter) {
  {
    const auto file = open();
    append(*file, {state("a", 1), state("b", 2)});
    append(*file, {state("a", 5)});
    append(*file, {state("c", 9), state("b", 0)});  // nothing to remember of b any more
    EXPECT_EQ(file->size(), 2u);
  }
  EXPECT_THAT(kept(), ElementsAre("a=5", "c=9"));
  append(*open(), {state("a", 6)});
  EXPECT_THAT(kept(), ElementsAre("a=6", "c=9"));
}

TEST_F(StateFileTest, ForgetsWhatHasExpired) {
  append(*open(), {state("hour", 1, 1h), state("day", 2, 24h)});
  clock_.advance(1h - 1s);
  EXPECT_THAT(kept(), ElementsAre("day=2", "hour=1"));
  const auto file = open();
  clock_.advance(1s);
  EXPECT_EQ(file->load().size(), 1u);
  EXPECT_EQ(file->size(), 2u);
}

TEST_F(StateFileTest, PassesOverKeysThatAreTooLong) {
  append(*open(), {state(std::string(internal::kMaxKeyBytes + 1, 'k'), 1), state("a", 2)});
  EXPECT_THAT(kept(), ElementsAre("a=2"));
}

TEST_F(StateFileTest, LosesOnlyTheLastRecordWhereverItIsCut) {
  append(*open(), {state("first", 1), state("second", 2)});
  const std::string whole = read_all(journal());
  const std::size_t last = whole.size() - internal::kRecordHeadBytes - 6;
  for (std::size_t length = last; length < whole.size(); ++length) {
    folder_.write("limits.journal", whole.substr(0, length));
    SCOPED_TRACE(length);
    {
      const auto file = open();
      EXPECT_EQ(file->damage().empty(), length == last);
      append(*file, {state("third", 3)});  // what comes now is not lost behind the damage
    }
    EXPECT_THAT(kept(), ElementsAre("first=1", "third=3"));
    EXPECT_EQ(open()->damage(), "");  // said once
  }
}

TEST_F(StateFileTest, BeginsAnewWhereTheFirstLineIsCut) {
  append(*open(), {state("a", 1)});
  const std::string whole = read_all(journal());
  for (std::size_t length = 0; length < kVersionLineBytes; ++length) {
    folder_.write("limits.journal", whole.substr(0, length));
    EXPECT_THAT(open()->damage(), HasSubstr("limits.journal` ends in its first line"));
    EXPECT_THAT(kept(), IsEmpty());
  }
}

TEST_F(StateFileTest, NoticesEveryFlippedBit) {
  append(*open(), {state("first", 1), state("second", 2), state("third", 3)});
  const std::string whole = read_all(journal());
  const std::size_t second = kVersionLineBytes + internal::kRecordHeadBytes + 5;
  for (std::size_t byte = second; byte < second + internal::kRecordHeadBytes + 6; ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
      folder_.write("limits.journal", damaged);
      ASSERT_THAT(open()->damage(),
                  HasSubstr("limits.journal` is damaged from byte " + std::to_string(second)))
          << byte << " " << bit;
      ASSERT_THAT(kept(), ElementsAre("first=1"));
    }
  }
}

TEST_F(StateFileTest, TakesNoGarbageForRecords) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string garbage(random() % 5000, '\0');
    for (char& c : garbage) c = static_cast<char>(random());
    folder_.write("limits.journal", "penstock limits 1\n" + garbage);
    const auto file = open();
    EXPECT_EQ(file->size(), 0u);
    EXPECT_EQ(file->damage().empty(), garbage.empty());
  }
}

TEST_F(StateFileTest, RefusesAnotherVersion) {
  for (const char* other : {"penstock limits 2\n...", "something else", "PENSTOCK", "\n"}) {
    folder_.write("limits.journal", other);
    EXPECT_THAT(refusal(), HasSubstr("/limits.journal` is of another version of penstock; start "
                                     "that one, or remove the file"));
    EXPECT_EQ(read_all(journal()), other);  // untouched
  }
}

TEST_F(StateFileTest, IsNeverSharedByTwo) {
  auto first = open();
  EXPECT_THAT(refusal(), HasSubstr("another process uses the folder `" + folder_.path() +
                                   "`; end it, or give each gateway a folder of its own"));
  first.reset();
  EXPECT_EQ(refusal(), "");
}

TEST_F(StateFileTest, NeedsAFolder) {
  for (const std::string& path : {folder_.path() + "/missing", folder_.write("a_file", "")}) {
    const auto file = StateFile::open(path, clock_);
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().detail, HasSubstr("cannot use the folder `" + path + "`: "));
    EXPECT_THAT(file.error().detail, HasSubstr("make it, and let the user"));
  }
}

TEST_F(StateFileTest, GrowsNoMoreThanWhatLives) {
  std::vector<std::string> expected;
  {
    const auto file = open();
    std::vector<MeterState> changes;
    for (int i = 0; i < 500; ++i) changes.push_back(state("meter" + std::to_string(1000 + i), 1));
    append(*file, changes);
    const auto bytes = std::filesystem::file_size(journal());
    for (std::uint64_t round = 2; round <= 100; ++round) {
      for (MeterState& change : changes) change.used = round;
      append(*file, changes);
      ASSERT_LE(std::filesystem::file_size(journal()), 2 * bytes + (64 << 10));
    }
    for (const MeterState& change : changes) expected.push_back(text_of(change));
    append(*file, {state("meter1000", 7)});  // into the file that took the old one's place
    expected[0] = "meter1000=7";
  }
  EXPECT_EQ(kept(), expected);
  EXPECT_FALSE(std::filesystem::exists(journal() + ".new"));
}

TEST_F(StateFileTest, IsNotDisturbedByAFileThatWasNotFinished) {
  append(*open(), {state("a", 1)});
  folder_.write("limits.journal.new", "penstock limits 1\nhalf");
  std::vector<MeterState> changes;
  for (int i = 0; i < 3000; ++i) changes.push_back(state("b", 2));  // enough for a new one
  append(*open(), changes);
  EXPECT_FALSE(std::filesystem::exists(journal() + ".new"));
  EXPECT_THAT(kept(), ElementsAre("a=1", "b=2"));
}

TEST_F(StateFileTest, CompactsExpiredOnesAway) {
  const auto file = open();
  for (int round = 0; round < 100; ++round) {
    std::vector<MeterState> changes;
    for (int i = 0; i < 100; ++i) {
      changes.push_back(state(std::to_string(round) + "." + std::to_string(i), 1, 1s));
    }
    append(*file, changes);
    clock_.advance(1s);
  }
  EXPECT_LT(file->size(), 3000u);
  EXPECT_LT(std::filesystem::file_size(journal()), 200'000u);
}

TEST_F(StateFileTest, ToldThatTheDiskIsFullLosesNothingWhenThereIsRoomAgain) {
  auto file = open();
  append(*file, {state("a", 1)});
  const std::size_t good = read_all(journal()).size();
  for (std::size_t room = 0; room < 31; ++room) {
    const FullDisk full(good + room);
    const auto done = file->append(std::vector{state("a", 100 + room), state("b", 200)});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().detail, HasSubstr("cannot write `limits.journal"));
  }
  append(*file, {});  // room again: even without a change everything is written
  file.reset();
  EXPECT_THAT(kept(), ElementsAre("a=130", "b=200"));
  EXPECT_EQ(open()->damage(), "");
}

TEST_F(StateFileTest, KilledOnAFullDiskKeepsWhatWasWrittenBefore) {
  auto file = open();
  append(*file, {state("a", 1), state("b", 2)});
  {
    const FullDisk full(read_all(journal()).size() + 10);
    EXPECT_FALSE(file->append(std::vector{state("a", 100)}));
    EXPECT_FALSE(file->append(std::vector{state("c", 100)}));
  }
  file.reset();  // without another word
  EXPECT_THAT(kept(), ElementsAre("a=1", "b=2"));
}

TEST_F(StateFileTest, HoldsAMillionMeters) {
  constexpr int kMeters = 1'000'000;
  {
    const auto file = open();
    std::vector<MeterState> changes;
    for (int i = 0; i < kMeters; ++i) {
      changes.push_back(state("limit/key-" + std::to_string(kMeters + i), 1));
      if (changes.size() < 10'000) continue;
      append(*file, changes);
      changes.clear();
    }
    append(*file, changes);
  }
  EXPECT_EQ(open()->load().size(), static_cast<std::size_t>(kMeters));
}

TEST(StateRecord, HasTheBytesThatEveryVersionOfItReads) {
  const auto at = [](int nanoseconds) { return WallTime(std::chrono::nanoseconds(nanoseconds)); };
  std::string bytes;
  internal::append_record(bytes, {"key", 5, at(7), at(9)});
  EXPECT_EQ(bytes, std::string("\xcb\x6e\x4d\x4f\3\0"  // the CRC-32C was computed elsewhere
                               "\5\0\0\0\0\0\0\0"
                               "\7\0\0\0\0\0\0\0"
                               "\x09\0\0\0\0\0\0\0"
                               "key",
                               internal::kRecordHeadBytes + 3));
}

TEST(ForgottenBudget, IsSaidWithItsRemedy) {
  EXPECT_EQ(
      warning_of_forgotten_budget("monthly"),
      "limit `monthly` is a budget, and a restart begins it anew; set `server.state_dir` to a "
      "folder that outlives the process");
}

}  // namespace
}  // namespace penstock::limits
