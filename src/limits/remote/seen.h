#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "penstock/clock.h"

#include "limits/remote/wire.h"
#include "limits/store.h"

namespace penstock::limits::remote {

/// How meters stood when this process last asked, so that it need not ask again for what it knows:
/// that a limit is not far away, or that an amount cannot fit yet, whatever comes back. Bounded:
/// what was not seen for long is forgotten. Thread-safe.
class Seen {
 public:
  /// The store said so in reply to what was sent at `sent`.
  void note(const Claim& claim, const Shown& shown, Microseconds server_time, MonotonicTime sent);
  /// An amount did not fit.
  void note_refusal(const Claim& claim, const Shown& shown, Microseconds server_time,
                    MonotonicTime sent);

  /// Why the claim cannot fit now, if that is certain. A smaller amount may fit all the same.
  std::optional<Refusal> refusal(const Claim& claim, MonotonicTime now) const;
  /// Whether it is known that less than 7/8 of the limit would be left.
  bool is_not_ample(const Claim& claim, MonotonicTime now) const;
  /// Whether it is known that as much would be left.
  bool is_ample(const Claim& claim, MonotonicTime now) const;
  /// What was left, and what may have flowed in since; nullopt: unknown.
  std::optional<std::uint64_t> remaining(const Claim& claim, MonotonicTime now) const;

 private:
  static constexpr std::size_t kMaxEntries = 32'768;
  struct Entry {
    bool known = false;  // what was left, and when all is back
    std::uint64_t remaining = 0;
    std::chrono::milliseconds reset{0};
    MonotonicTime at{};
    std::uint64_t refused = 0;  // this amount and larger ones, until then
    MonotonicTime until{};
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  enum class Ample { kYes, kNo, kUnknown };
  Ample ample(const Claim& claim, MonotonicTime now) const;
  Entry& entry(const std::string& key);
  const Entry* find(const std::string& key) const;

  mutable std::mutex mutex_;  // guards what follows
  Entries young_;
  Entries old_;  // young_ of before
};

}  // namespace penstock::limits::remote
