#include <chrono>
#include <string>

#include "log/log.h"

namespace penstock {

namespace {

void put_digits(std::string& out, unsigned value, unsigned digits) {
  const std::size_t end = out.size() + digits;
  out.resize(end, '0');
  for (std::size_t at = end; value != 0 && digits-- != 0; value /= 10) {
    out[--at] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string format_time(WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  std::string out;
  out.reserve(sizeof "2026-01-02T03:04:05.678Z");
  put_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  put_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  put_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  put_digits(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  put_digits(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  put_digits(out, static_cast<unsigned>(clock.seconds().count()), 2);
  out += '.';
  put_digits(out, static_cast<unsigned>(clock.subseconds().count()), 3);
  out += 'Z';
  return out;
}

}  // namespace penstock
