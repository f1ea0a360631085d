#include <chrono>
#include <string>

#include "log/log.h"

namespace penstock {

namespace {

/// Writes `value` over the digits that stand there.
void put_digits(std::string& out, std::size_t at, std::size_t digits, unsigned value) {
  for (std::size_t left = digits; left-- > 0; value /= 10) {
    out[at + left] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string format_time(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  std::string out = "0000-00-00T00:00:00.000Z";
  put_digits(out, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(out, 5, 2, static_cast<unsigned>(date.month()));
  put_digits(out, 8, 2, static_cast<unsigned>(date.day()));
  put_digits(out, 11, 2, static_cast<unsigned>(clock.hours().count()));
  put_digits(out, 14, 2, static_cast<unsigned>(clock.minutes().count()));
  put_digits(out, 17, 2, static_cast<unsigned>(clock.seconds().count()));
  put_digits(out, 20, 3, static_cast<unsigned>(clock.subseconds().count()));
  return out;
}

}  // namespace penstock
