#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "penstock/clock.h"

#include "limits/calendar.h"
#include "limits/limit.h"
#include "limits/moment.h"

namespace penstock::limits::internal {

/// The arithmetic of one calendar limit: the whole capacity may be used in each span of the
/// calendar, and none of it in another. Not thread-safe, allocates nothing.
///
/// What is held stays in the span in which it was taken: after its end it is neither charged to the
/// next one nor given back to it. The span before the current one is remembered, so that what was
/// taken there can still be extended; of older ones nothing is.
///
/// The wall clock says which span it is. It may be wrong and be put right:
///
///   ahead   the next span begins early. Nobody can tell that from time passing.
///   back    into an earlier span: the later one goes on, so nothing is granted anew, however often
///           the clock is set to and fro. It ends when the clock reaches its end; or, once it has
///           lasted for its whole length by monotonic time, when the earlier span that the clock
///           then shows ends. So a clock that jumped a year ahead and back costs one grant too
///           many, and then the limit lasts for at most two spans, not for a year.
class Period {
 public:
  /// With nothing used. `limit.calendar` is there.
  Period(const Limit& limit, const Moment& moment);

  /// Goes to the span of now.
  void advance(const Moment& moment);

  /// Holds the amount in the current span, if that much is left there. The stamp names the span.
  std::optional<Stamp> take(std::uint64_t amount);
  /// Holds more of what was taken with that stamp, in its span. False also where that is forgotten.
  bool extend(Stamp stamp, std::uint64_t more);
  /// Ends the hold of `taken` and charges `used`, both in the span of the stamp. More than is left
  /// becomes debt of that span, of
  /// one capacity at most.
  void settle(Stamp stamp, std::uint64_t taken, std::uint64_t used);
  /// Charges what a process before this one used, when the clock stood at `at`. If that lies in a
  /// later span, because the clock was put back in between, that one goes on.
  void restore(std::uint64_t used, WallTime at, const Moment& moment);

  /// Charged in the current span.
  std::uint64_t used() const { return current_.used; }
  std::uint64_t reserved() const { return current_.held; }
  std::uint64_t remaining() const;
  /// How long until `amount`, at most the capacity, is left, if nothing held comes back.
  std::chrono::nanoseconds time_to(std::uint64_t amount) const;
  /// Of the current span.
  Stamp stamp() const { return stamp_; }
  WallTime end() const { return span_.end; }
  /// How long until all of this may be forgotten, if the clock is right.
  std::chrono::nanoseconds reset() const;

 private:
  struct Count {
    std::uint64_t used = 0;
    std::uint64_t held = 0;
  };
  void enter(Calendar::Span span);
  Count* find(Stamp stamp);
  bool hold(Count& count, std::uint64_t amount) const;
  std::chrono::nanoseconds length() const { return span_.end - span_.begin; }

  std::uint64_t capacity_;
  std::shared_ptr<const Calendar> calendar_;
  WallTime now_;
  MonotonicTime ticks_;
  Calendar::Span span_;
  MonotonicTime entered_;  // when span_ became the current one
  Stamp stamp_ = 1;
  Count current_;
  Count previous_;  // of stamp_ - 1
};

}  // namespace penstock::limits::internal
