#include "base/id.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

#include "base/text.h"

namespace penstock {

std::string new_id(const char* prefix) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::array<char, 24> digits;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i, bits >>= 5) {
    if (i % 12 == 0) bits = random();
    digits[i] = kDigits[bits & 31];
  }
  return concat({prefix, std::string_view(digits.data(), digits.size())});
}

}  // namespace penstock
