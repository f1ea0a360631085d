#include "http/cuts.h"

#include <algorithm>
#include <cstddef>
#include <random>

namespace penstock::test {

namespace {

std::vector<std::string_view> cut_evenly(std::string_view bytes, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += size) pieces.push_back(bytes.substr(at, size));
  return pieces;
}

std::vector<std::string_view> cut_at_random(std::string_view bytes, std::size_t largest,
                                            std::mt19937& random) {
  std::vector<std::string_view> pieces;
  while (!bytes.empty()) {
    pieces.push_back(bytes.substr(0, 1 + random() % largest));
    bytes.remove_prefix(pieces.back().size());
  }
  return pieces;
}

}  // namespace

std::vector<std::vector<std::string_view>> cuts(std::string_view bytes) {
  constexpr std::size_t kSmall = 8 * 1024;
  constexpr int kRandomCuts = 4;
  std::mt19937 random(static_cast<unsigned>(bytes.size()));
  std::vector<std::vector<std::string_view>> all = {{bytes}};
  if (bytes.size() <= kSmall) all.push_back(cut_evenly(bytes, 1));
  const std::size_t largest = std::max<std::size_t>(2, bytes.size() / 4);
  for (int i = 0; i < kRandomCuts; ++i) all.push_back(cut_at_random(bytes, largest, random));
  return all;
}

}  // namespace penstock::test
