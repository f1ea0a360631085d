#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tokens/models.h"

namespace penstock::tokens {

/// In pixels.
struct ImageSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// The size that the first bytes of a picture tell: PNG, JPEG, GIF, WebP, in a URL with the scheme
/// data and base64 (RFC 2397). nullopt: another URL, another format, or no size where it should be.
/// Decodes no more than it looks at; bounded in time.
std::optional<ImageSize> image_size(std::string_view url);

/// What a picture costs. Where the size is not known, the most that any can.
enum class Detail { kLow, kHigh };
std::uint64_t image_tokens(const ImageRule& rule, std::optional<ImageSize> size, Detail detail);

}  // namespace penstock::tokens
