#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace penstock::schema {

/// Finds names in a fixed set: a hash table that is searched for a seed with few collisions when it
/// is built, so that a lookup is one probe and one comparison nearly always. A client cannot add to
/// it, so names made to collide cost no more than the table's own worst probe.
///
/// The texts are borrowed and outlive the table. Immutable, thread-safe.
class NameTable {
 public:
  static constexpr std::size_t kMaxNames = 256;
  static constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();

  NameTable() = default;
  /// At most kMaxNames distinct names.
  explicit NameTable(std::vector<std::string_view> names);

  /// The place of the name in the list given at construction, or kNone.
  std::uint16_t find(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return names_.size(); }
  std::string_view name(std::size_t index) const { return names_[index]; }
  const std::vector<std::string_view>& names() const noexcept { return names_; }

 private:
  /// Fills the slots by this seed; the sum of the probes that finding every name takes.
  std::size_t fill(std::uint32_t seed);

  std::vector<std::string_view> names_;
  std::vector<std::uint16_t> slots_;  // a power of two of them, at least half of them kNone
  std::uint32_t seed_ = 1;
  std::uint32_t mask_ = 0;
};

}  // namespace penstock::schema
