#include "limits/remote/meter_list.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "limits/remote/wire.h"

namespace penstock::limits::remote {

namespace {

constexpr std::chrono::milliseconds kTime = std::chrono::seconds(1);
constexpr std::size_t kLookAtOnce = 64;

/// As a pattern that matches itself alone.
std::string escape(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view("*?[]^\\-").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// What stands before the name of a meter in its key; of a calendar's in the present period.
std::string key_head(const Backend& backend, const Limit& limit, const Periods& periods) {
  std::string head = concat({backend.base(), kind_of(limit), ":"});
  if (limit.algorithm == Algorithm::kCalendar) head += std::to_string(periods.begin) + ":";
  return head;
}

/// Names of meters that begin so, the first `most` in their order.
std::set<std::string> find_names(Backend& backend, const std::string& head, std::string_view prefix,
                                 std::size_t most, Deadline deadline) {
  std::set<std::string> names;
  std::string cursor = "0";
  do {
    const auto scan = std::make_shared<Call>(nullptr);
    scan->add("SCAN").add(cursor);
    scan->add("MATCH").add(concat({escape(head), escape(prefix), "*"}));
    scan->add("COUNT").add("1000");
    backend.submit(scan);
    const Call::Result result = scan->wait(deadline);
    if (!result.ok() || result.reply.items.size() != 2) break;
    cursor = result.reply.items[0].text;
    for (const Reply& key : result.reply.items[1].items) {
      if (key.text.starts_with(head)) names.insert(key.text.substr(head.size()));
      if (names.size() > most) names.erase(std::prev(names.end()));
    }
  } while (cursor != "0");
  return names;
}

}  // namespace

std::vector<MeterView> list_meters(Backend& backend, const Limit& limit,
                                   std::string_view key_prefix, std::size_t most) {
  const Deadline deadline{backend.clock().now() + kTime};
  const Periods periods = periods_at(limit, to_microseconds(backend.clock().wall_now()));
  const auto names =
      find_names(backend, key_head(backend, limit, periods), key_prefix, most, deadline);

  std::vector<MeterView> views;
  auto next = names.begin();
  while (next != names.end()) {
    std::string words;
    std::vector<std::string> keys;
    for (; next != names.end() && keys.size() < kLookAtOnce; ++next) {
      append_claim(words, {&limit, *next, 0}, 0, periods);
      keys.push_back(*next);
    }
    const auto look = backend.call(backend.scripts().look);
    look->add_encoded(words, keys.size() * kClaimWords);
    backend.submit(look);
    const Call::Result result = look->wait(deadline);
    const auto answer = result.ok() ? read_answer(result.reply, keys.size()) : std::nullopt;
    if (!answer) break;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      views.push_back(view_of(limit, std::move(keys[i]), answer->meters[i], answer->time));
    }
  }
  return views;
}

}  // namespace penstock::limits::remote
