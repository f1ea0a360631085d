#include "limits/calendar.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "limits/zone_names.h"

namespace penstock::limits {

namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::int64_t to_seconds(WallTime time) {
  return floor<seconds>(time.time_since_epoch()).count();
}

/// What clocks show when the period of a local time begins.
absl::CivilSecond start_of(Period period, absl::CivilSecond local) {
  const absl::CivilDay day(local);
  switch (period) {
    case Period::kHour:
      return absl::CivilSecond(absl::CivilHour(local));
    case Period::kDay:
      return absl::CivilSecond(day);
    case Period::kWeek:
      return absl::CivilSecond(absl::PrevWeekday(day + 1, absl::Weekday::monday));
    case Period::kMonth:
      return absl::CivilSecond(absl::CivilMonth(local));
  }
  return local;
}

absl::CivilSecond next_start(Period period, absl::CivilSecond start) {
  switch (period) {
    case Period::kHour:
      return absl::CivilSecond(absl::CivilHour(start) + 1);
    case Period::kDay:
      return absl::CivilSecond(absl::CivilDay(start) + 1);
    case Period::kWeek:
      return absl::CivilSecond(absl::CivilDay(start) + 7);
    case Period::kMonth:
      return absl::CivilSecond(absl::CivilMonth(start) + 1);
  }
  return start;
}

/// The span that was asked for last, in one word, so that threads share it without a lock. Most
/// requests lie in the same span as the one before.
class LastSpan {
 public:
  std::optional<Calendar::Span> if_covers(WallTime moment) const {
    const std::uint64_t packed = packed_.load(std::memory_order_relaxed);
    const auto begin = static_cast<std::int64_t>(packed) >> kLengthBits;
    const auto length = static_cast<std::int64_t>(packed & kLengthMask);
    const std::int64_t now = to_seconds(moment);
    if (now < begin || now >= begin + length) return std::nullopt;
    return Calendar::Span{WallTime(seconds(begin)), WallTime(seconds(begin + length))};
  }
  void remember(const Calendar::Span& span) {
    const auto begin = static_cast<std::uint64_t>(to_seconds(span.begin));
    const auto length = static_cast<std::uint64_t>(to_seconds(span.end) - to_seconds(span.begin));
    if (length > kLengthMask) return;
    packed_.store(begin << kLengthBits | length, std::memory_order_relaxed);
  }

 private:
  static constexpr int kLengthBits = 22;  // 48 days in seconds
  static constexpr std::uint64_t kLengthMask = (std::uint64_t{1} << kLengthBits) - 1;
  std::atomic<std::uint64_t> packed_{0};  // begin, length; empty at first
};

class ZoneCalendar final : public Calendar {
 public:
  ZoneCalendar(Period period, std::string_view name, absl::TimeZone zone)
      : Calendar(period, name), zone_(zone) {}

  Span span_of(WallTime moment) const override {
    if (const auto span = last_.if_covers(moment)) return *span;
    const Span span = find(moment);
    last_.remember(span);
    return span;
  }

 private:
  /// Begin is the last boundary up to the moment, end the first behind it. The boundaries of three
  /// periods are looked at, because after a clock was put back over midnight it shows yesterday's
  /// date while today has begun.
  Span find(WallTime moment) const {
    const absl::Time now = absl::FromUnixSeconds(to_seconds(moment));
    absl::Time begin = absl::InfinitePast();
    absl::Time end = absl::InfiniteFuture();
    const auto boundary = [&](absl::Time at) {
      if (at <= now) begin = std::max(begin, at);
      if (at > now) end = std::min(end, at);
    };
    absl::CivilSecond start = start_of(period(), zone_.At(now).cs);
    for (int periods = 0; periods < 3; ++periods) {
      const absl::TimeZone::TimeInfo info = zone_.At(start);
      boundary(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre);
      // A day whose midnight comes twice is one day, but an hour that comes twice is two hours.
      if (period() == Period::kHour && info.kind == absl::TimeZone::TimeInfo::REPEATED) {
        boundary(info.post);
        const absl::CivilSecond put_back_to = zone_.At(info.trans).cs;
        if (start_of(Period::kHour, put_back_to) == put_back_to) boundary(info.trans);
      }
      start = next_start(period(), start);
    }
    return {WallTime(seconds(absl::ToUnixSeconds(begin))),
            WallTime(seconds(absl::ToUnixSeconds(end)))};
  }

  absl::TimeZone zone_;
  mutable LastSpan last_;
};

}  // namespace

Result<std::shared_ptr<const Calendar>> Calendar::create(Period period, std::string_view zone) {
  if (!is_zone(zone)) return unknown_zone(zone);
  absl::TimeZone loaded;
  if (!absl::LoadTimeZone(std::string(zone), &loaded)) return unknown_zone(zone);
  return std::shared_ptr<const Calendar>(std::make_shared<ZoneCalendar>(period, zone, loaded));
}

const char* to_string(Period period) noexcept {
  switch (period) {
    case Period::kHour:
      return "hour";
    case Period::kDay:
      return "day";
    case Period::kWeek:
      return "week";
    case Period::kMonth:
      return "month";
  }
  return "";
}

}  // namespace penstock::limits
