#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "limits/crowd.h"
#include "limits/line.h"

namespace penstock::limits::internal {

/// The lines of all meters at which somebody waits, and who may ask the store.
///
/// A waiter stands in one line, that of the meter which refused it last, or which others wait at
/// who come first. The first of a line asks, one at a time, and then only when nobody comes before
/// it at any other of its meters: else it joins that line, at most once for each meter, since after
/// its turn there it comes before all others. So nobody is overtaken at the meter that it waits
/// for, and nobody waits for a meter that is not his.
///
/// Not thread-safe: all under the queue's mutex. The references to waiters end with `leave`.
class Lines {
 public:
  explicit Lines(QueueDelay::Duration max_wait) : max_wait_(max_wait) {}

  std::size_t size() const noexcept { return crowd_.size(); }
  /// The line at a meter; null: nobody waits there.
  Line* find(std::string_view key);

  /// Counts it in; it stands in no line yet. Throws std::bad_alloc.
  void enter(Waiter& waiter, std::string_view who) { crowd_.enter(waiter, who); }
  /// When the queue is full: sends one away that has less right to be here than one of `who`, if
  /// there is such.
  bool make_room_for(std::string_view who, MonotonicTime now) noexcept;
  /// Another meter's line that it has to join, by the order above; null: none.
  Line* before(const Waiter& waiter);
  /// Joins the line of the meter and, where it stood in another, leaves that. Throws
  /// std::bad_alloc; then nothing has changed.
  void join(Waiter& waiter, std::string_view key, MonotonicTime now);
  /// It is gone: the next one in its line may ask.
  void leave(Waiter& waiter, Line::Leaving how, MonotonicTime now) noexcept;

  /// What the line waited for may be there: the first one asks, or hears so when it is asking.
  void open(Line& line, MonotonicTime now) noexcept;
  void open(std::string_view key, MonotonicTime now) noexcept;
  void open_all(MonotonicTime now) noexcept;

 private:
  void take_out(Waiter& waiter, Line::Leaving how) noexcept;
  void send_away(Waiter& waiter, Waiter::SentAway why) noexcept;
  void call_first(Line& line, MonotonicTime now) noexcept;

  QueueDelay::Duration max_wait_;
  Crowd crowd_;
  // Ordered, because keys come from clients and an ordered map cannot be flooded with collisions.
  std::map<std::string, Line, std::less<>> lines_;
};

}  // namespace penstock::limits::internal
