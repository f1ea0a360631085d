#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "limits/remote/held.h"
#include "limits/store.h"

namespace penstock::limits::remote {

/// A part of a bucket that this process holds at the server to lend it out by itself: a reservation
/// like any other, so no limit is overshot, and a process that dies loses no more than its slices.
/// Its numbers are guarded by the mutex of Leases.
struct Slice {
  /// `claim`: what is held, with a limit that may die before the slice.
  explicit Slice(const Claim& claim)
      : limit(*claim.limit), held{&limit, claim.key, claim.amount}, free(claim.amount) {}

  const Limit limit;
  const Claim held;                    // its limit is ours
  std::unique_ptr<ServerHeld> server;  // set once, before anything is lent
  std::uint64_t free;                  // may be lent
  std::uint64_t spent = 0;             // and not told to the server
  std::size_t borrowers = 0;
  bool active = true;  // lends; else what borrowers return goes to the server
  MonotonicTime used_at{};
};

/// An amount lent from a slice.
struct Loan {
  std::shared_ptr<Slice> slice;
  std::uint64_t amount;
};

/// The slices of meters that are hit many times a second: there a request costs no round trip. A
/// slice is a small part of what is left and of what flows in, so that other processes find enough;
/// where little is left there are none. One that is not used for 2 s goes back. Bounded, and
/// thread-safe.
class Leases {
 public:
  explicit Leases(Backend& backend) : backend_(backend) {}

  /// Counts the request, and lends all its claims or none.
  std::optional<std::vector<Loan>> lend(std::span<const Claim> claims, MonotonicTime now);
  /// How much to ask the server for so that the claim and others like it can be lent; 0: it is no
  /// use, or somebody asks already. After anything else add() or give_up() has to follow.
  std::uint64_t wanted(const Claim& claim, MonotonicTime now);
  /// The server holds it now. An older slice of the meter lends no more.
  void add(std::shared_ptr<Slice> slice, MonotonicTime now);
  void give_up(const std::string& key);

  /// Ends a loan and charges what was used.
  void settle(const Loan& loan, std::uint64_t used);
  /// Makes a loan larger, in doubt by asking the server, which suspends. How much larger: `more`,
  /// or 0 where the server could not be asked and the limit lets that pass; nullopt: it does not
  /// fit.
  std::optional<std::uint64_t> extend(Loan& loan, std::uint64_t more, Deadline deadline);
  /// Takes that back.
  void shrink(Loan& loan, std::uint64_t amount);

  /// The server refused somebody for want of what we may hold: it gets back what is not lent.
  void give_back(const std::string& key);
  void give_back_idle(MonotonicTime now);
  void give_back_all();
  void tell_release() { backend_.tell_release(); }

 private:
  static constexpr std::size_t kMaxMeters = 4096;
  struct Meter {
    std::shared_ptr<Slice> slice{};
    bool asking = false;
    MonotonicTime since{};  // of the count
    unsigned count = 0;
    unsigned before = 0;  // count of the second before
  };

  static std::uint64_t largest(const Limit& limit, std::uint64_t left, std::uint64_t processes);
  Meter* count(const Claim& claim, MonotonicTime now);
  void retire(Meter& meter);
  void end_if_returned(Slice& slice);

  Backend& backend_;
  std::mutex mutex_;  // guards what follows, and the slices
  std::map<std::string, Meter, std::less<>> meters_;
};

/// A reservation out of slices.
class LentHeld final : public Held {
 public:
  LentHeld(Leases& leases, std::vector<Loan> loans, std::vector<Standing> standings)
      : leases_(leases), loans_(std::move(loans)), standings_(std::move(standings)) {}

  bool extend(std::span<const std::uint64_t> more, Deadline deadline) override;
  void settle(std::span<const std::uint64_t> used) noexcept override;
  std::vector<Standing> standings() const override { return standings_; }

 private:
  Leases& leases_;
  std::vector<Loan> loans_;
  std::vector<Standing> standings_;  // when it was lent
};

}  // namespace penstock::limits::remote
