#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "schema/instance.h"

namespace penstock::schema {

/// Finds names in a fixed set. Up to kMaxHashed names stand in a hash table that is searched for a
/// seed with few collisions when it is built, so that a lookup is one probe and one comparison
/// nearly always; more are sorted. A client cannot add to it, so names made to collide cost no more
/// than the table's own worst probe, or a binary search.
///
/// The texts are borrowed and outlive the table. Immutable, thread-safe.
class NameTable {
 public:
  static constexpr std::size_t kMaxHashed = 256;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  NameTable() = default;
  /// Distinct names.
  explicit NameTable(std::vector<std::string_view> names);

  /// The place of the name in the list given at construction, or kNone.
  std::uint32_t find(std::string_view name) const noexcept;
  /// The same, quicker where it is at `guess`: members mostly come in the order of their schema.
  std::uint32_t find(std::string_view name, std::size_t guess) const noexcept {
    if (guess < names_.size() && same_text(names_[guess], name)) {
      return static_cast<std::uint32_t>(guess);
    }
    return find(name);
  }

  std::size_t size() const noexcept { return names_.size(); }
  std::string_view name(std::size_t index) const { return names_[index]; }
  const std::vector<std::string_view>& names() const noexcept { return names_; }

 private:
  static constexpr std::uint16_t kFree = std::numeric_limits<std::uint16_t>::max();

  void choose_seed();
  /// Fills the slots by this seed; the sum of the probes that finding every name takes.
  std::size_t fill(std::uint32_t seed);
  std::uint32_t find_sorted(std::string_view name) const noexcept;

  std::vector<std::string_view> names_;
  std::vector<std::uint16_t> slots_;   // a power of two of them, at least half of them kFree
  std::vector<std::uint32_t> sorted_;  // places by name, instead of slots
  std::uint32_t seed_ = 1;
  std::uint32_t mask_ = 0;
};

}  // namespace penstock::schema
