#include <array>

#include "tokens/image.h"

namespace penstock::tokens {

namespace {

/// Base64 text (RFC 4648 section 4) whose bytes can be read one at a time. A byte that is not there
/// or not valid reads as 0.
class Base64 {
 public:
  explicit Base64(std::string_view text) : text_(text) {}

  unsigned byte(std::size_t at) const {
    const std::size_t group = at / 3 * 4;
    const std::size_t first = group + at % 3;
    const unsigned high = digit(first);
    const unsigned low = digit(first + 1);
    const unsigned shift = 2 * static_cast<unsigned>(at % 3);
    return ((high << (2 + shift)) | (low >> (4 - shift))) & 0xFF;
  }
  unsigned big(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  unsigned little(std::size_t at) const { return byte(at + 1) << 8 | byte(at); }
  unsigned little24(std::size_t at) const { return byte(at + 2) << 16 | little(at); }
  bool has(std::size_t at, std::string_view bytes) const {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (byte(at + i) != static_cast<unsigned char>(bytes[i])) return false;
    }
    return true;
  }

 private:
  unsigned digit(std::size_t at) const {
    if (at >= text_.size()) return 0;
    const char c = text_[at];
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 0;
  }

  std::string_view text_;
};

// W3C PNG, section 11.2.2: the header comes first.
ImageSize png_size(const Base64& data) {
  return {data.big(16) << 16 | data.big(18), data.big(20) << 16 | data.big(22)};
}

// ITU-T T.81, section B.2.2: the frame header stands behind segments of any kind.
ImageSize jpeg_size(const Base64& data) {
  constexpr int kMostSegments = 256;
  std::size_t at = 2;
  for (int i = 0; i < kMostSegments && data.byte(at) == 0xFF; ++i) {
    const unsigned marker = data.byte(at + 1);
    const bool frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) return {data.big(at + 7), data.big(at + 5)};
    at += marker == 0xFF ? 1 : 2 + data.big(at + 2);  // fill bytes may stand before a marker
  }
  return {};
}

// RFC 9649, sections 2.5 to 2.7.
ImageSize webp_size(const Base64& data) {
  constexpr unsigned kSizeBits = 0x3FFF;
  if (data.has(12, "VP8X")) return {data.little24(24) + 1, data.little24(27) + 1};
  if (data.has(12, "VP8L")) {
    const unsigned bits = data.little24(21) | data.byte(24) << 24;
    return {(bits & kSizeBits) + 1, (bits >> 14 & kSizeBits) + 1};
  }
  if (data.has(12, "VP8 ")) return {data.little(26) & kSizeBits, data.little(28) & kSizeBits};
  return {};
}

ImageSize size_of(const Base64& data) {
  if (data.has(0, "\x89PNG\r\n\x1a\n")) return png_size(data);
  if (data.has(0, "\xFF\xD8")) return jpeg_size(data);
  if (data.has(0, "GIF8")) return {data.little(6), data.little(8)};
  if (data.has(0, "RIFF") && data.has(8, "WEBP")) return webp_size(data);
  return {};
}

}  // namespace

std::optional<ImageSize> image_size(std::string_view url) {
  constexpr std::string_view kBase64 = ";base64,";
  constexpr std::size_t kLongestType = 128;
  if (!url.starts_with("data:")) return std::nullopt;
  const std::size_t marker = url.substr(0, kLongestType).find(kBase64);
  if (marker == std::string_view::npos) return std::nullopt;
  const ImageSize size = size_of(Base64(url.substr(marker + kBase64.size())));
  if (size.width == 0 || size.height == 0) return std::nullopt;
  return size;
}

}  // namespace penstock::tokens
