#include "metrics/metrics.h"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace penstock {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Type = MetricFamily::Type;

constexpr std::array<std::string_view, 2> kLabels{"route", "status"};
const MetricFamily kRequests{"test_requests_total", "Requests.", Type::kCounter, kLabels};
const MetricFamily kOpen{"test_open", "Open things.", Type::kGauge, {}};
constexpr std::array<std::int64_t, 2> kBounds{5'000, 1'000'000'000};
const HistogramFamily kTimes{"test_seconds", "Times.", {}, kBounds};

TEST(Metrics, ShowEachSeriesOfAFamilyUnderOneHead) {
  Metrics metrics;
  metrics.cell(kRequests, {"chat", "200"}).add(3);
  metrics.cell(kRequests, {"chat", "429"}).add(1);
  EXPECT_EQ(metrics.to_text(),
            "# HELP test_requests_total Requests.\n"
            "# TYPE test_requests_total counter\n"
            "test_requests_total{route=\"chat\",status=\"200\"} 3\n"
            "test_requests_total{route=\"chat\",status=\"429\"} 1\n");
}

TEST(Metrics, AddUpTheCellsOfAllThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 10'000;
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&metrics] {
      MetricCell& cell = metrics.cell(kRequests, {"chat", "200"});
      MetricCell& gauge = metrics.cell(kOpen);
      gauge.add(5);
      for (int n = 0; n < kEach; ++n) cell.add(1);
      gauge.add(-4);
    });
  }
  // A scrape in the middle sees no more than there will be.
  EXPECT_LE(metrics.total(kRequests, {"chat", "200"}), kThreads * kEach);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(metrics.total(kRequests, {"chat", "200"}), kThreads * kEach);
  EXPECT_EQ(metrics.total(kOpen), kThreads);
}

TEST(Metrics, GiveTheSameCellForTheSameLabels) {
  Metrics metrics;
  EXPECT_EQ(&metrics.cell(kRequests, {"a", "b"}), &metrics.cell(kRequests, {"a", "b"}));
  EXPECT_NE(&metrics.cell(kRequests, {"a", "b"}), &metrics.cell(kRequests, {"ab", ""}));
}

TEST(Metrics, OfTwoProcessesStayApartOnOneThread) {
  Metrics first;
  first.cell(kOpen).add(1);
  Metrics second;
  second.cell(kOpen).add(10);
  EXPECT_EQ(first.total(kOpen), 1);
  EXPECT_EQ(second.total(kOpen), 10);
}

TEST(Metrics, HistogramBucketsAreCumulativeAndInSeconds) {
  Metrics metrics;
  HistogramCells& times = metrics.histogram(kTimes);
  times.observe(5'000);  // a bound belongs to its bucket
  times.observe(6'000);
  times.observe(2'000'000'000);
  EXPECT_EQ(metrics.to_text(),
            "# HELP test_seconds Times.\n"
            "# TYPE test_seconds histogram\n"
            "test_seconds_bucket{le=\"5e-06\"} 1\n"
            "test_seconds_bucket{le=\"1\"} 2\n"
            "test_seconds_bucket{le=\"+Inf\"} 3\n"
            "test_seconds_sum 2.000011\n"
            "test_seconds_count 3\n");
}

TEST(Metrics, EscapeWhatALabelMayHold) {
  Metrics metrics;
  metrics.cell(kRequests, {"a\"b\\c\nd", "1"}).add(1);
  EXPECT_THAT(metrics.to_text(), HasSubstr(R"({route="a\"b\\c\nd",status="1"} 1)"));
}

TEST(Metrics, CountWhatIsBeyondTheirRoomAsOther) {
  Metrics metrics;
  for (std::size_t i = 0; i < Metrics::kMaxSeries + 100; ++i) {
    metrics.cell(kRequests, {std::to_string(i), "200"}).add(1);
  }
  EXPECT_EQ(metrics.total(kRequests, {"other", "other"}), 100);
  EXPECT_EQ(metrics.total(kRequests, {"0", "200"}), 1);
  EXPECT_THAT(metrics.to_text(), Not(HasSubstr(std::to_string(Metrics::kMaxSeries + 1))));
}

TEST(Metrics, ShowSamplesThatAreKnownOnlyWhenAskedFor) {
  std::string text;
  append_sample(text, kOpen, 2.5);
  EXPECT_EQ(text, "# HELP test_open Open things.\n# TYPE test_open gauge\ntest_open 2.5\n");
}

}  // namespace
}  // namespace penstock
