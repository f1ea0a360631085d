#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "limits/store.h"

namespace penstock::limits::test {

using namespace std::chrono_literals;

/// A store that a test scripts: meters with what is in them and how fast they refill, and functions
/// that run before and after each decision and may suspend the fiber, as a call to another machine
/// would. A meter that nobody set has nothing. Thread-safe.
class ScriptedStore final : public Store {
 public:
  explicit ScriptedStore(const Clock& clock) : clock_(clock) {}

  /// Any thread; tells nobody.
  void set(const std::string& key, std::int64_t available, std::int64_t per_second = 0) {
    const std::lock_guard lock(mutex_);
    meters_[key] = {available * kNano, per_second, clock_.now()};
  }
  std::int64_t available(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return refilled(key).nano_units / kNano;
  }
  std::size_t asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  /// Something was given back by somebody else.
  void tell(const std::string& key) {
    const std::string_view view = key;
    tell_release({&view, 1});
  }
  void tell_anywhere() { tell_release(); }

  // Set before threads begin. `answer`: given instead of a decision.
  std::function<std::optional<Refusal>(std::span<const Claim>)> answer;
  std::function<void(std::span<const Claim>)> before;
  std::function<void(std::span<const Claim>, bool granted)> after;
  bool names_meters = true;                   // when it tells of a release
  std::chrono::milliseconds unknown_wait{0};  // told for a meter that does not refill

  std::variant<Reservation, Refusal> reserve(std::span<const Claim> claims, Care,
                                             Deadline) override {
    if (before) before(claims);
    auto result = decide(claims);
    if (after) after(claims, std::holds_alternative<Reservation>(result));
    return result;
  }
  std::vector<MeterView> list(const Limit&, std::string_view, std::size_t) override { return {}; }

 private:
  static constexpr std::int64_t kNano = 1'000'000'000;
  struct Meter {
    std::int64_t nano_units = 0;
    std::int64_t per_second = 0;
    MonotonicTime at{};
  };

  class ScriptedHeld final : public Held {
   public:
    ScriptedHeld(ScriptedStore& store, std::span<const Claim> claims)
        : store_(store), claims_(claims.begin(), claims.end()) {}
    bool extend(std::span<const std::uint64_t>, Deadline) override { return false; }
    void settle(std::span<const std::uint64_t> used) noexcept override {
      store_.give_back(claims_, used);
    }
    std::vector<Standing> standings() const override { return {}; }

   private:
    ScriptedStore& store_;
    std::vector<Claim> claims_;
  };

  /// The mutex is held.
  Meter& refilled(const std::string& key) {
    Meter& meter = meters_[key];
    const MonotonicTime now = clock_.now();
    meter.nano_units += meter.per_second * (now - meter.at).count();
    meter.at = now;
    return meter;
  }

  std::variant<Reservation, Refusal> decide(std::span<const Claim> claims) {
    const std::lock_guard lock(mutex_);
    ++asked_;
    if (answer) {
      if (auto refusal = answer(claims)) return std::move(*refusal);
    }
    std::optional<Refusal> refusal;
    for (const Claim& claim : claims) {
      const Meter& meter = refilled(claim.key);
      const std::int64_t missing =
          static_cast<std::int64_t>(claim.amount) * kNano - meter.nano_units;
      if (missing <= 0) continue;
      std::chrono::milliseconds wait = unknown_wait;
      if (meter.per_second > 0) {
        const std::int64_t per_millisecond = meter.per_second * 1'000'000;
        wait = std::chrono::milliseconds((missing + per_millisecond - 1) / per_millisecond);
      }
      if (refusal && refusal->retry_after >= wait) continue;
      refusal = Refusal{Refusal::Why::kNotNow, {claim.limit, 0, wait}, claim.key, wait};
    }
    if (refusal) return std::move(*refusal);
    for (const Claim& claim : claims) {
      meters_[claim.key].nano_units -= static_cast<std::int64_t>(claim.amount) * kNano;
    }
    return Reservation(std::make_unique<ScriptedHeld>(*this, claims));
  }

  void give_back(const std::vector<Claim>& claims, std::span<const std::uint64_t> used) {
    std::vector<std::string_view> keys;
    {
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < claims.size(); ++i) {
        const bool slot = claims[i].limit->algorithm == Algorithm::kSlots;
        const std::uint64_t kept = used.empty() || slot ? 0 : used[i];
        refilled(claims[i].key).nano_units +=
            (static_cast<std::int64_t>(claims[i].amount) - static_cast<std::int64_t>(kept)) * kNano;
        keys.push_back(claims[i].key);
      }
    }
    if (names_meters) {
      tell_release(keys);
    } else {
      tell_release();
    }
  }

  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Meter> meters_;
  std::size_t asked_ = 0;
};

}  // namespace penstock::limits::test
