#include "schema/name_table.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace penstock::schema {

namespace {

// The length and three letters tell the fields of an API apart; reading a whole name would cost
// more than the comparison that follows anyhow.
std::uint32_t hash(std::string_view name, std::uint32_t seed) noexcept {
  if (name.empty()) return 0;
  const auto letter = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at]));
  };
  const std::uint32_t sample = static_cast<std::uint32_t>(name.size()) | letter(0) << 8 |
                               letter(name.size() / 2) << 16 | letter(name.size() - 1) << 24;
  return (sample * seed) >> 16;
}

}  // namespace

NameTable::NameTable(std::vector<std::string_view> names) : names_(std::move(names)) {
  if (names_.empty()) return;
  if (names_.size() <= kMaxHashed) {
    choose_seed();
    return;
  }
  sorted_.resize(names_.size());
  std::iota(sorted_.begin(), sorted_.end(), std::uint32_t{0});
  std::sort(sorted_.begin(), sorted_.end(),
            [this](std::uint32_t a, std::uint32_t b) { return names_[a] < names_[b]; });
}

void NameTable::choose_seed() {
  slots_.resize(std::bit_ceil(names_.size() * 2));
  mask_ = static_cast<std::uint32_t>(slots_.size() - 1);

  constexpr std::uint32_t kTries = 200;
  std::uint32_t best_seed = 1;
  std::size_t best_cost = std::numeric_limits<std::size_t>::max();
  std::uint32_t seed = 0x9E3779B1;  // odd, from the golden ratio
  for (std::uint32_t attempt = 0; attempt < kTries && best_cost > names_.size(); ++attempt) {
    const std::size_t cost = fill(seed);
    if (cost < best_cost) {
      best_cost = cost;
      best_seed = seed;
    }
    seed = seed * 747796405u + 2891336454u;
    seed |= 1;
  }
  fill(best_seed);
}

std::size_t NameTable::fill(std::uint32_t seed) {
  seed_ = seed;
  std::fill(slots_.begin(), slots_.end(), kFree);
  std::size_t cost = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::uint32_t slot = hash(names_[i], seed) & mask_;
    for (++cost; slots_[slot] != kFree; ++cost) slot = (slot + 1) & mask_;
    slots_[slot] = static_cast<std::uint16_t>(i);
  }
  return cost;
}

std::uint32_t NameTable::find(std::string_view name) const noexcept {
  if (slots_.empty()) return find_sorted(name);
  for (std::uint32_t slot = hash(name, seed_) & mask_;; slot = (slot + 1) & mask_) {
    const std::uint16_t index = slots_[slot];
    if (index == kFree) return kNone;
    if (same_text(names_[index], name)) return index;
  }
}

std::uint32_t NameTable::find_sorted(std::string_view name) const noexcept {
  const auto below = [this](std::uint32_t place, std::string_view text) {
    return names_[place] < text;
  };
  const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), name, below);
  return found != sorted_.end() && names_[*found] == name ? *found : kNone;
}

}  // namespace penstock::schema
