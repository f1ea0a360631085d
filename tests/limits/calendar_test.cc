#include "limits/calendar.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "limits/zone_names.h"

namespace penstock::limits {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr std::array kPeriods{Period::kHour, Period::kDay, Period::kWeek, Period::kMonth};

WallTime at(std::int64_t unix_seconds) {
  return WallTime(seconds(unix_seconds));
}

std::int64_t to_unix(WallTime time) {
  return std::chrono::duration_cast<seconds>(time.time_since_epoch()).count();
}

Period period_of(const std::string& name) {
  return *std::find_if(kPeriods.begin(), kPeriods.end(),
                       [&](Period period) { return name == to_string(period); });
}

std::shared_ptr<const Calendar> calendar(Period period, std::string_view zone) {
  auto made = Calendar::create(period, zone);
  EXPECT_TRUE(made) << zone;
  return *made;
}

std::string refusal(std::string_view zone) {
  const auto made = Calendar::create(Period::kDay, zone);
  EXPECT_FALSE(made) << zone;
  return made ? "" : made.error().public_message;
}

/// A moment with what its span must be.
void expect_span(const Calendar& calendar, WallTime moment, std::int64_t begin, std::int64_t end) {
  const Calendar::Span span = calendar.span_of(moment);
  EXPECT_EQ(to_unix(span.begin), begin);
  EXPECT_EQ(to_unix(span.end), end);
}

TEST(Calendar, AgreesWithTheTableOfSpans) {
  std::ifstream table(PENSTOCK_SOURCE_DIR "/tests/data/calendar/spans.jsonl");
  int rows = 0;
  for (std::string line; std::getline(table, line); ++rows) {
    const auto row = nlohmann::json::parse(line);
    SCOPED_TRACE(row.at("id").get<std::string>());
    const auto made =
        calendar(period_of(row.at("period").get<std::string>()), row.at("zone").get<std::string>());
    const auto begin = row.at("begin").get<std::int64_t>();
    const auto end = row.at("end").get<std::int64_t>();
    expect_span(*made, at(begin), begin, end);
    expect_span(*made, at(begin) + 1ms, begin, end);
    expect_span(*made, at((begin + end) / 2), begin, end);
    expect_span(*made, at(end) - 1ns, begin, end);
  }
  EXPECT_GT(rows, 900);
}

/// Every zone of this machine.
std::vector<std::string> all_zones() {
  const std::filesystem::path folder = "/usr/share/zoneinfo";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::string name = entry.path().lexically_relative(folder).string();
    if (is_zone(name)) names.push_back(std::move(name));
  }
  return names;
}

TEST(Calendar, TilesTheTimeLineInEveryZone) {
  std::mt19937_64 random(1);
  // 1900 to 2100, which is more than anybody will budget.
  std::uniform_int_distribution<std::int64_t> moments(-2'208'988'800, 4'102'444'800);
  const auto zones = all_zones();
  EXPECT_GT(zones.size(), 300u);
  for (const std::string& zone : zones) {
    for (const Period period : kPeriods) {
      const auto made = calendar(period, zone);
      for (int i = 0; i < 20; ++i) {
        const WallTime moment = at(moments(random));
        SCOPED_TRACE(zone + " " + to_string(period) + " " + std::to_string(to_unix(moment)));
        const auto [begin, end] = made->span_of(moment);
        EXPECT_LE(begin, moment);
        EXPECT_LT(moment, end);
        expect_span(*made, begin, to_unix(begin), to_unix(end));
        expect_span(*made, end - 1ns, to_unix(begin), to_unix(end));
        EXPECT_EQ(made->span_of(end).begin, end);
        EXPECT_EQ(made->span_of(begin - 1ns).end, begin);
      }
    }
  }
}

TEST(Calendar, CanBeAskedFromManyThreadsAboutDifferentMoments) {
  const auto days = calendar(Period::kDay, "UTC");
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&days, thread] {
      for (std::int64_t i = 0; i < 20'000; ++i) {
        const std::int64_t begin = 86'400 * ((i + thread) % 3);
        const Calendar::Span span = days->span_of(at(begin + i % 86'400));
        ASSERT_EQ(to_unix(span.begin), begin);
        ASSERT_EQ(to_unix(span.end), begin + 86'400);
      }
    });
  }
  for (std::thread& each : threads) each.join();
}

TEST(Calendar, TellsWhatItIs) {
  const auto made = calendar(Period::kWeek, "America/Argentina/Buenos_Aires");
  EXPECT_EQ(made->period(), Period::kWeek);
  EXPECT_EQ(made->zone(), "America/Argentina/Buenos_Aires");
}

TEST(Zones, AreSuggestedWhereTheNameIsNearlyRight) {
  EXPECT_EQ(refusal("Europe/Berln"),
            "there is no time zone `Europe/Berln`; did you mean `Europe/Berlin`?");
  EXPECT_THAT(refusal("EUROPE/BERLIN"), HasSubstr("did you mean `Europe/Berlin`?"));
  EXPECT_THAT(refusal("utc"), HasSubstr("did you mean `UTC`?"));
  EXPECT_EQ(refusal("Middle-earth/Shire"),
            "there is no time zone `Middle-earth/Shire`; expected one such as `Europe/Berlin` or "
            "`UTC`");
}

TEST(Zones, AreNoPaths) {
  for (const char* name : {"",
                           "/",
                           ".",
                           "..",
                           "../../../etc/passwd",
                           "/etc/localtime",
                           "/usr/share/zoneinfo/UTC",
                           "Europe/../UTC",
                           "Europe//Berlin",
                           "Europe/Berlin/",
                           "/Europe/Berlin",
                           "Europe",
                           "./UTC",
                           "localtime",
                           "posixrules",
                           "tzdata.zi",
                           "posix/UTC",
                           "right/UTC",
                           "zone.tab",
                           ":UTC",
                           "file:UTC",
                           "Fixed/UTC+01:00:00",
                           "UTC+1",
                           "America/Argentina/Buenos_Aires/Center"}) {
    EXPECT_THAT(refusal(name), HasSubstr("there is no time zone `" + std::string(name) + "`"));
  }
  EXPECT_FALSE(is_zone(std::string_view("UTC\0", 4)));
}

TEST(Zones, WithNamesThatCannotBeShownAreNotShown) {
  const std::string expected =
      "there is no time zone of that name; expected one such as `Europe/Berlin` or `UTC`";
  EXPECT_EQ(refusal(std::string(1'000'000, 'A')), expected);
  EXPECT_EQ(refusal("Europe/\x1b[31mBerlin"), expected);
}

/// Another database for one test.
class OtherDatabase : public ::testing::Test {
 protected:
  OtherDatabase() { ::setenv("TZDIR", "/nowhere", 1); }
  ~OtherDatabase() override { ::unsetenv("TZDIR"); }
};

TEST_F(OtherDatabase, MissingIsSaidWithItsRemedy) {
  EXPECT_EQ(refusal("Europe/Vienna"),
            "there is no time zone `Europe/Vienna` on this machine; install the package tzdata, or "
            "use `UTC`");
  EXPECT_TRUE(Calendar::create(Period::kDay, "UTC"));
}

}  // namespace
}  // namespace penstock::limits
