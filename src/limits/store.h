#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "penstock/clock.h"

#include "limits/limit.h"

namespace penstock::limits {

/// An amount to be taken of one limit for one key: from the meter named `key`.
struct Claim {
  const Limit* limit = nullptr;  // outlives the reservation
  std::string key;               // unique for the limit's definition and who is limited; bounded
  std::uint64_t amount = 0;      // in the limit's unit
};

/// State of a meter as the client may see it.
struct Standing {
  const Limit* limit = nullptr;
  std::uint64_t remaining = 0;         // what could be reserved now
  std::chrono::milliseconds reset{0};  // until all is back, if all that is held is used
};

/// Why a reservation was refused.
struct Refusal {
  enum class Why {
    kNotNow,     // too little is left
    kNeverFits,  // more was asked for than the whole limit: waiting cannot help
    kNoRoom,     // too many meters are in use; no new one is granted
    kStoreDown,  // the store cannot be asked, and the limit is closed then
    kNotAmple,   // with Care::kIfAmple: the limit is not far away
  };
  Why why = Why::kNotNow;
  Standing standing;                         // of the limit that refused
  std::string key;                           // of its meter
  std::chrono::milliseconds retry_after{0};  // at the earliest; 0 where waiting cannot help
};

/// What a store keeps for a reservation; see there for what the functions mean. `settle` is called
/// exactly once, and nothing but `standings` after it.
class Held {
 public:
  virtual ~Held() = default;
  virtual bool extend(std::span<const std::uint64_t> more, Deadline deadline) = 0;
  virtual void settle(std::span<const std::uint64_t> used) noexcept = 0;
  virtual std::vector<Standing> standings() const = 0;
};

/// Amounts held for one exchange in all its meters. Gives everything back when it dies unsettled.
/// Move-only; one thread at a time. Outlived by its store.
class Reservation {
 public:
  Reservation() = default;
  explicit Reservation(std::unique_ptr<Held> held) : held_(std::move(held)) {}
  Reservation(Reservation&& other) noexcept = default;
  /// What this held before is given back.
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  /// Holds more, all or nothing; an amount for each claim. May suspend. False: it does not fit now.
  bool extend(std::span<const std::uint64_t> more, Deadline deadline = {});
  /// Charges what was really used instead of what was held, an amount for each claim; more than was
  /// held becomes debt, down to minus one capacity. Slots are free again, whatever the amount. An
  /// empty list: nothing was used. Only the first call counts. Does not suspend.
  void settle(std::span<const std::uint64_t> used) noexcept;
  /// How each limit stands, in the order of the claims. Does not suspend.
  std::vector<Standing> standings() const;

 private:
  std::unique_ptr<Held> held_;
  bool settled_ = false;
};

enum class Care {
  kTake,
  /// Only where limits on tokens and money would still have 7/8 left: then it does not matter that
  /// the amounts are far above what will be used, and nobody needs to count.
  kIfAmple,
};

/// What kIfAmple asks of a limit that has so much left before it gives the amount. True for limits
/// for which nothing need be counted.
bool is_ample(const Limit& limit, std::uint64_t remaining, std::uint64_t amount) noexcept;

/// A meter for people to look at, in the limit's unit.
struct MeterView {
  std::string key;
  std::uint64_t used = 0;  // what the limit does not have any more, what is held not included
  std::uint64_t reserved = 0;
  std::uint64_t remaining = 0;
  std::chrono::milliseconds reset{0};
};

/// Hears that room may have come back. Called on any thread, and with no lock held.
class ReleaseListener {
 public:
  /// At any meter.
  virtual void on_release() = 0;
  /// At the meter of that key.
  virtual void on_release_of(std::string_view) { on_release(); }

 protected:
  ~ReleaseListener() = default;
};

/// The meters of limits and keys, with reserve, extend and settle. Thread-safe.
///
///   auto result = store.reserve(claims);
///   if (auto* reservation = std::get_if<Reservation>(&result)) { ...; reservation->settle(used); }
class Store {
 public:
  virtual ~Store() = default;

  /// All or nothing over the claims. Of several that refuse, the one to wait longest for is told.
  /// May suspend, if so until the deadline at most.
  virtual std::variant<Reservation, Refusal> reserve(std::span<const Claim> claims,
                                                     Care care = Care::kTake,
                                                     Deadline deadline = {}) = 0;
  /// The known meters of a limit, whose keys begin so, ordered by key, at most `most` of them. May
  /// block the thread, so it is not for event loops.
  virtual std::vector<MeterView> list(const Limit& limit, std::string_view key_prefix,
                                      std::size_t most) = 0;

  /// `listener` outlives its registration. None is called any more when remove_listener returns.
  void add_listener(ReleaseListener& listener);
  void remove_listener(ReleaseListener& listener);

 protected:
  /// Something was given back.
  void tell_release();
  /// The same where the meters are known: those that wait at others need not look.
  void tell_release(std::span<const std::string_view> keys);

 private:
  std::mutex listeners_mutex_;
  std::vector<ReleaseListener*> listeners_;
  std::atomic<bool> has_listeners_ = false;
};

}  // namespace penstock::limits
