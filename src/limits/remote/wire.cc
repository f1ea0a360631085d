#include "limits/remote/wire.h"

#include <algorithm>
#include <utility>

namespace penstock::limits::remote {

namespace {

using std::chrono::ceil;
using std::chrono::microseconds;
using std::chrono::milliseconds;

__extension__ using Wide = __int128;

/// Nobody knows how long a slot is held.
constexpr milliseconds kSlotWait = std::chrono::seconds(1);

Microseconds window_of(const Limit& limit) {
  return microseconds(limit.every).count();
}

std::int64_t signed_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::uint64_t not_negative(std::int64_t number) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
}

milliseconds span(Microseconds time) {
  return ceil<milliseconds>(microseconds(std::max<Microseconds>(time, 0)));
}

/// How long a bucket of which `available` and `rest` / window are there takes to hold `amount`.
milliseconds fill_time(const Limit& limit, std::int64_t available, std::int64_t rest,
                       std::int64_t amount) {
  const Wide window = window_of(limit);
  const Wide missing = Wide{amount - available} * window - rest;
  if (missing <= 0) return milliseconds(0);
  const Wide rate = signed_of(limit.capacity);
  return span(static_cast<Microseconds>((missing + rate - 1) / rate));
}

std::int64_t remaining(const Limit& limit, const Shown& shown) {
  const std::int64_t capacity = signed_of(limit.capacity);
  switch (limit.algorithm) {
    case Algorithm::kBucket:
      return shown.x;
    case Algorithm::kCalendar:
      return capacity - shown.x - shown.y;
    case Algorithm::kLog:
    case Algorithm::kSlots:
      return capacity - shown.x;
  }
  return 0;
}

milliseconds reset(const Limit& limit, const Shown& shown, Microseconds time) {
  switch (limit.algorithm) {
    case Algorithm::kBucket:
      return fill_time(limit, shown.x, shown.z, signed_of(limit.capacity));
    case Algorithm::kCalendar:
      return span(shown.z - time);
    case Algorithm::kLog:
      return shown.x == 0 ? milliseconds(0) : span(shown.z + window_of(limit) - time);
    case Algorithm::kSlots:
      return milliseconds(0);
  }
  return milliseconds(0);
}

}  // namespace

Microseconds to_microseconds(WallTime time) {
  return std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count();
}

Periods periods_at(const Limit& limit, Microseconds time) {
  if (limit.algorithm != Algorithm::kCalendar || !limit.calendar) return {};
  const WallTime moment{std::chrono::duration_cast<WallTime::duration>(microseconds(time))};
  const Calendar::Span now = limit.calendar->span_of(moment);
  const Calendar::Span next = limit.calendar->span_of(now.end);
  return {to_microseconds(now.begin), to_microseconds(now.end), to_microseconds(next.end)};
}

std::string_view kind_of(const Limit& limit) {
  switch (limit.algorithm) {
    case Algorithm::kBucket:
      return "b";
    case Algorithm::kLog:
      return "l";
    case Algorithm::kCalendar:
      return "c";
    case Algorithm::kSlots:
      return "s";
  }
  return "b";
}

void append_claim(std::string& encoded, const Claim& claim, std::uint64_t amount,
                  const Periods& periods) {
  append_word(encoded, kind_of(*claim.limit));
  append_word(encoded, claim.key);
  append_word(encoded, std::to_string(claim.limit->capacity));
  append_word(encoded, std::to_string(window_of(*claim.limit)));
  append_word(encoded, std::to_string(amount));
  append_word(encoded, std::to_string(periods.begin));
  append_word(encoded, std::to_string(periods.end));
}

std::optional<Answer> read_answer(const Reply& reply, std::size_t meters) {
  const auto& items = reply.items;
  const bool integers = std::all_of(items.begin(), items.end(), [](const Reply& item) {
    return item.kind == Reply::Kind::kInteger;
  });
  if (reply.kind != Reply::Kind::kList || items.size() < 2 || !integers) return std::nullopt;
  if (items[0].integer < 0 || items[0].integer > 4) return std::nullopt;
  Answer answer{static_cast<Answer::Status>(items[0].integer), items[1].integer};
  if (items.size() == 2 && answer.status >= Answer::Status::kOtherPeriod) return answer;
  if (items.size() != 2 + 4 * meters) return std::nullopt;
  for (std::size_t at = 2; at < items.size(); at += 4) {
    answer.meters.push_back({items[at].integer == 1, items[at + 1].integer, items[at + 2].integer,
                             items[at + 3].integer});
  }
  return answer;
}

Standing standing_of(const Limit& limit, const Shown& shown, Microseconds time) {
  return {&limit, not_negative(remaining(limit, shown)), reset(limit, shown, time)};
}

MeterView view_of(const Limit& limit, std::string key, const Shown& shown, Microseconds time) {
  MeterView view;
  view.key = std::move(key);
  view.remaining = not_negative(remaining(limit, shown));
  view.reset = reset(limit, shown, time);
  if (limit.algorithm == Algorithm::kBucket) {
    view.used = not_negative(signed_of(limit.capacity) - shown.x - shown.y);
    view.reserved = not_negative(shown.y);
  } else if (limit.algorithm == Algorithm::kCalendar) {
    view.used = not_negative(shown.x);
    view.reserved = not_negative(shown.y);
  } else if (limit.algorithm == Algorithm::kLog) {
    view.used = not_negative(shown.x);
  } else {
    view.reserved = not_negative(shown.x);
  }
  return view;
}

milliseconds wait_for(const Limit& limit, const Shown& shown, std::uint64_t amount,
                      Microseconds time) {
  milliseconds wait = kSlotWait;
  if (limit.algorithm == Algorithm::kBucket) {
    wait = fill_time(limit, shown.x, shown.z, signed_of(amount));
  } else if (limit.algorithm == Algorithm::kCalendar) {
    wait = span(shown.z - time);
  } else if (limit.algorithm == Algorithm::kLog) {
    wait = shown.y == 0 ? limit.every : span(shown.y - time);
  }
  return std::max(wait, milliseconds(1));
}

milliseconds hopeless_for(const Limit& limit, const Shown& shown, std::uint64_t amount,
                          Microseconds time) {
  if (limit.algorithm == Algorithm::kBucket) {
    return fill_time(limit, shown.x + shown.y, shown.z, signed_of(amount));
  }
  if (limit.algorithm == Algorithm::kCalendar &&
      signed_of(amount) > signed_of(limit.capacity) - shown.x) {
    return span(shown.z - time);
  }
  return milliseconds(0);
}

}  // namespace penstock::limits::remote
