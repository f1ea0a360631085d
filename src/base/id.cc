#include "base/id.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace penstock {

std::string new_id(const char* prefix) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::string id = prefix;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = random();
    for (int i = 0; i < 12; ++i, bits >>= 5) id += kDigits[bits & 31];
  }
  return id;
}

}  // namespace penstock
