#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "penstock/clock.h"

#include "limits/state_source.h"
#include "limits/store.h"

namespace penstock::limits {

namespace internal {
class Table;
}

/// The store of one process: meters in its memory.
///
/// Exact, however many threads reserve at once: see Bucket and Log for what each algorithm grants.
///
/// Bounded: at most `max_meters`. One that is as new again and held by nobody is forgotten when
/// room is needed, the one that was so first before others; that changes nothing. When there is
/// none such, a new key is refused, never granted anew.
///
/// Never suspends or blocks: one mutex, held for well under a microsecond (a Log's time with its
/// number of entries, which is small).
class MemoryStore final : public Store, public StateSource {
 public:
  /// `clock` outlives this.
  explicit MemoryStore(const Clock& clock, std::size_t max_meters = 1'000'000);
  ~MemoryStore() override;

  std::variant<Reservation, Refusal> reserve(std::span<const Claim> claims, Care care = Care::kTake,
                                             Deadline deadline = {}) override;
  std::vector<MeterView> list(const Limit& limit, std::string_view key_prefix,
                              std::size_t most) override;
  /// The state of a meter, without holding anything.
  Standing look(const Limit& limit, std::string_view key) const;
  /// How many meters are remembered.
  std::size_t size() const;

  std::vector<MeterState> take_changes(std::size_t most) override;
  /// Each is applied when its meter is first asked for.
  void restore(std::span<const MeterState> states) override;
  /// From now on changes are remembered for take_changes().
  void track_changes() override;

 private:
  friend class internal::Table;
  std::unique_ptr<internal::Table> table_;
};

}  // namespace penstock::limits
