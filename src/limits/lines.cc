#include "limits/lines.h"

#include <iterator>
#include <new>

namespace penstock::limits::internal {

Line* Lines::find(std::string_view key) {
  const auto found = lines_.find(key);
  return found == lines_.end() ? nullptr : &found->second;
}

bool Lines::make_room_for(std::string_view who, MonotonicTime now) noexcept {
  Waiter* const rival = crowd_.rival_of(who);
  if (rival == nullptr) return false;
  Line* const line = rival->line;
  send_away(*rival, Waiter::SentAway::kFull);
  if (line != nullptr) open(*line, now);
  return true;
}

Line* Lines::before(const Waiter& waiter) {
  for (const Claim& claim : waiter.claims) {
    Line* const line = find(claim.key);
    if (line != nullptr && line != waiter.line && !line->would_be_first(waiter)) return line;
  }
  return nullptr;
}

void Lines::join(Waiter& waiter, std::string_view key, MonotonicTime now) {
  auto found = lines_.find(key);
  if (found == lines_.end()) {
    found = lines_.try_emplace(std::string(key), max_wait_).first;
    found->second.key = found->first;
  }
  Line& line = found->second;
  try {
    line.take(waiter, now);
  } catch (const std::bad_alloc&) {
    if (line.empty()) lines_.erase(found);
    throw;
  }
}

void Lines::leave(Waiter& waiter, Line::Leaving how, MonotonicTime now) noexcept {
  Line* const line = waiter.line;
  take_out(waiter, how);
  if (line != nullptr) open(*line, now);
}

void Lines::take_out(Waiter& waiter, Line::Leaving how) noexcept {
  if (Line* const line = waiter.line) {
    if (line->asking == &waiter) line->asking = nullptr;
    line->remove(waiter, how);
  }
  crowd_.leave(waiter);
}

void Lines::open(Line& line, MonotonicTime now) noexcept {
  call_first(line, now);
  if (line.empty()) lines_.erase(lines_.find(line.key));
}

void Lines::open(std::string_view key, MonotonicTime now) noexcept {
  if (Line* const line = find(key)) open(*line, now);
}

void Lines::open_all(MonotonicTime now) noexcept {
  for (auto at = lines_.begin(); at != lines_.end();) {
    call_first(at->second, now);
    at = at->second.empty() ? lines_.erase(at) : std::next(at);
  }
}

void Lines::send_away(Waiter& waiter, Waiter::SentAway why) noexcept {
  waiter.sent_away = why;
  waiter.bell->ring();
  take_out(waiter, Line::Leaving::kUnserved);
}

/// Finds the one who may ask now. Those whose turn has come but who must stand elsewhere first go
/// there, and those who have waited too long for it are sent away.
void Lines::call_first(Line& line, MonotonicTime now) noexcept {
  if (line.asking != nullptr) {
    line.asking->told = true;
    return;
  }
  while (!line.empty()) {
    Waiter& first = line.front();
    if (!line.turn_came(first, now)) {
      send_away(first, Waiter::SentAway::kOverload);
      continue;
    }
    Line* const other = before(first);
    if (other == nullptr) {
      if (!first.due) first.bell->ring();
      first.due = true;
      return;
    }
    try {
      other->take(first, now);
    } catch (const std::bad_alloc&) {
      return;  // it stays where it is, and looks around when its own time has come
    }
  }
}

}  // namespace penstock::limits::internal
