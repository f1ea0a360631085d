#include "fuzz/input.h"

#include <algorithm>

namespace penstock::fuzz {

std::size_t Input::option(std::size_t end) noexcept {
  if (rest_.empty()) return 0;
  const auto value = static_cast<unsigned char>(rest_.front() - '0');
  rest_.remove_prefix(1);
  return value % end;
}

std::string_view Input::line() noexcept {
  const auto line = rest_.substr(0, rest_.find('\n'));
  rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
  return line;
}

Cuts::Cuts(Input& input) {
  constexpr std::size_t kMostSizes = 7;
  constexpr std::size_t kLargest = 256;
  sizes_.resize(input.option(kMostSizes + 1));
  for (std::size_t& size : sizes_) size = 1 + input.option(kLargest);
}

std::vector<Pieces> Cuts::of(std::string_view text) const {
  constexpr std::size_t kSmall = 128;
  std::vector<Pieces> ways;
  if (text.size() <= kSmall) {
    Pieces bytes;
    for (std::size_t at = 0; at < text.size(); ++at) bytes.push_back(text.substr(at, 1));
    ways.push_back(std::move(bytes));
  }
  if (sizes_.empty()) return ways;
  Pieces pieces;
  for (std::size_t turn = 0; !text.empty(); ++turn) {
    pieces.push_back(text.substr(0, sizes_[turn % sizes_.size()]));
    text.remove_prefix(pieces.back().size());
  }
  ways.push_back(std::move(pieces));
  return ways;
}

ExactCopy::ExactCopy(std::string_view text)
    : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
  std::copy(text.begin(), text.end(), bytes_.get());
}

}  // namespace penstock::fuzz
