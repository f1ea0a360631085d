#include "tokens/image.h"

#include <algorithm>
#include <cmath>

namespace penstock::tokens {

namespace {

/// Whole squares of that many pixels which cover a length; what is a rounding error does not count.
double squares(double length, double pixels) {
  constexpr double kRounding = 1e-6;
  return std::max(std::ceil(length / pixels - kRounding), 1.0);
}

/// The picture is fit into 2048 x 2048, then its short side into 768.
std::uint64_t tiles(ImageSize size) {
  const double longer = std::max(size.width, size.height);
  const double shorter = std::min(size.width, size.height);
  const double fit = std::min(1.0, 2048 / longer);
  const double shrink = fit * std::min(1.0, 768 / (shorter * fit));
  return static_cast<std::uint64_t>(squares(longer * shrink, 512) * squares(shorter * shrink, 512));
}

/// As published: where the squares are too many the picture is made smaller, so that one side is
/// covered by whole squares.
std::uint64_t patches(ImageSize size, std::uint64_t most) {
  constexpr double kPatch = 32;
  const double width = size.width;
  const double height = size.height;
  const double all = squares(width, kPatch) * squares(height, kPatch);
  if (all <= static_cast<double>(most)) return static_cast<std::uint64_t>(all);
  const double shrink = std::sqrt(static_cast<double>(most) * kPatch * kPatch / (width * height));
  const double across = width * shrink / kPatch;
  const double down = height * shrink / kPatch;
  const double whole = std::min(std::floor(across) / across, std::floor(down) / down);
  const double left =
      squares(width * shrink * whole, kPatch) * squares(height * shrink * whole, kPatch);
  // Of a picture that is all length, one side shrinks to nothing.
  return std::min(most, static_cast<std::uint64_t>(std::max(left, 1.0)));
}

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t divisor) {
  return (value + divisor - 1) / divisor;
}

}  // namespace

std::uint64_t image_tokens(const ImageRule& rule, std::optional<ImageSize> size, Detail detail) {
  constexpr std::uint64_t kMostTiles = 8;  // of 768 x 2048
  switch (rule.kind) {
    case ImageRule::Kind::kFixed:
      return rule.tokens;
    case ImageRule::Kind::kTiles:
      if (detail == Detail::kLow) return rule.base;
      return rule.base + rule.tile * (size ? tiles(*size) : kMostTiles);
    case ImageRule::Kind::kPatches:
      return rounded_up((size ? patches(*size, rule.most) : rule.most) * rule.factor, 1000);
    case ImageRule::Kind::kPixels:
      break;
  }
  if (!size) return rule.most;
  const std::uint64_t pixels = std::uint64_t{size->width} * size->height;
  return std::min<std::uint64_t>(rounded_up(pixels, rule.per_token), rule.most);
}

}  // namespace penstock::tokens
