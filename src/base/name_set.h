#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock {

/// A fixed set of names, such as the header fields that a rule is about. Made at compile time; a
/// look-up compares with the names of the same length only.
template <std::size_t kCount>
class NameSet {
 public:
  /// Names of at most 63 bytes.
  constexpr explicit NameSet(std::array<std::string_view, kCount> names) : names_(names) {
    std::sort(names_.begin(), names_.end(), [](std::string_view a, std::string_view b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    for (const std::string_view name : names_) ++first_[name.size() + 1];
    for (std::size_t size = 1; size < first_.size(); ++size) {
      first_[size] = static_cast<std::uint8_t>(first_[size] + first_[size - 1]);
    }
  }

  constexpr bool has(std::string_view name) const noexcept {
    if (name.size() + 1 >= first_.size()) return false;
    for (std::size_t i = first_[name.size()]; i < first_[name.size() + 1]; ++i) {
      if (names_[i] == name) return true;
    }
    return false;
  }

 private:
  static_assert(kCount < 256);
  std::array<std::string_view, kCount> names_;
  std::array<std::uint8_t, 65> first_{};  // of the names of that length
};

template <class... Names>
constexpr auto make_name_set(Names... names) {
  return NameSet<sizeof...(Names)>({std::string_view(names)...});
}

}  // namespace penstock
