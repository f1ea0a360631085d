#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "penstock/clock.h"
#include "penstock/result.h"

namespace penstock::limits {

enum class Period { kHour, kDay, kWeek, kMonth };

/// Periods of a calendar as people in one place see them: a day is what lies between two midnights
/// there, be it 23, 24 or 25 hours; weeks begin on Monday (ISO 8601). Immutable and thread-safe.
///
/// A period whose first moment does not exist, because clocks were put ahead over it, begins when
/// they were. One whose first moment comes twice, because they were put back over it, begins at the
/// first; but an hour that comes twice is two hours. The periods of a calendar tile the time line.
class Calendar {
 public:
  struct Span {
    WallTime begin;
    WallTime end;  // begin of the next
  };

  /// `zone` is a name of the IANA time zone database, such as "Europe/Berlin" or "UTC". Error:
  /// there is no such zone on this machine; its public_message says so. Blocks: reads a file. What
  /// was read stays as it was until the process ends, also when the database is brought up to date.
  static Result<std::shared_ptr<const Calendar>> create(Period period, std::string_view zone);
  virtual ~Calendar() = default;

  /// The period that a moment lies in; begin and end are whole seconds. Costs some nanoseconds
  /// while the moments asked for lie in one period, otherwise a microsecond or so.
  virtual Span span_of(WallTime moment) const = 0;
  Period period() const noexcept { return period_; }
  const std::string& zone() const noexcept { return zone_; }

 protected:
  Calendar(Period period, std::string_view zone) : period_(period), zone_(zone) {}

 private:
  Period period_;
  std::string zone_;
};

/// "hour", "day", "week", "month".
const char* to_string(Period period) noexcept;

}  // namespace penstock::limits
