#include "tokens/image.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

namespace penstock::tokens {
namespace {

using namespace std::string_literals;

std::string data_url(const std::string& bytes, const std::string& type = "image/png") {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return "data:" + type + ";base64," + text;
}

std::string size_text(const std::string& url) {
  const auto size = image_size(url);
  return size ? std::to_string(size->width) + "x" + std::to_string(size->height) : "unknown";
}

TEST(ImageSize, IsReadFromAPng) {
  const std::string png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\xd2\0\0\x00\x2a\x08\x06"s;
  EXPECT_EQ(size_text(data_url(png)), "1234x42");
}

TEST(ImageSize, IsReadFromAGif) {
  EXPECT_EQ(size_text(data_url("GIF89a\x2c\x01\xc8\0\xf7"s)), "300x200");
}

TEST(ImageSize, IsReadFromTheFrameOfAJpeg) {
  const std::string begin = "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"s;
  const std::string metadata = "\xff\xe1\xff\xfe"s + std::string(0xFFFC, 'x');
  const std::string tables = "\xff\xdb\0\x05qqq\xff\xff\xc4\0\3t"s;  // with a fill byte
  const std::string frame = "\xff\xc2\0\x11\x08\x03\x00\x04\x00\x03"s;
  EXPECT_EQ(size_text(data_url(begin + frame)), "1024x768");
  EXPECT_EQ(size_text(data_url(begin + metadata + metadata + tables + frame)), "1024x768");
  EXPECT_EQ(size_text(data_url(begin + "\xff\xd9"s)), "unknown");
  EXPECT_EQ(size_text(data_url(begin)), "unknown");
}

TEST(ImageSize, IsReadFromEachKindOfWebp) {
  const std::string riff = "RIFF\0\0\0\0WEBP"s;
  EXPECT_EQ(size_text(data_url(riff + "VP8X\x0a\0\0\0\0\0\0\0\x8f\x01\0\x2b\x01\0"s)), "400x300");
  EXPECT_EQ(size_text(data_url(riff + "VP8L\0\0\0\0\x2f\x8f\xc1\x4a\0\0"s)), "400x300");
  EXPECT_EQ(size_text(data_url(riff + "VP8 \0\0\0\0\x10\0\0\x9d\x01\x2a\x90\x01\x2c\x01"s)),
            "400x300");
  EXPECT_EQ(size_text(data_url(riff + "ANIM"s)), "unknown");
}

TEST(ImageSize, IsUnknownElsewhere) {
  for (const char* url :
       {"", "https://example.test/a.png", "data:", "data:image/png,abc", "data:image/png;base64,",
        "data:image/png;base64,AAAA", "data:image/png;base64,iVBORw0KGgo=", "data:;base64,%%%%"}) {
    EXPECT_EQ(size_text(url), "unknown") << url;
  }
}

std::uint64_t high(const ImageRule& rule, std::uint32_t width, std::uint32_t height) {
  return image_tokens(rule, ImageSize{width, height}, Detail::kHigh);
}

TEST(ImageTokens, CountTilesOfTheShrunkPicture) {
  const ImageRule& rule = Models::builtin().find("gpt-4o").image;
  EXPECT_EQ(high(rule, 1024, 1024), 765u);
  EXPECT_EQ(high(rule, 2048, 4096), 1105u);
  EXPECT_EQ(high(rule, 1800, 2400), 765u);
  EXPECT_EQ(high(rule, 512, 512), 255u);
  EXPECT_EQ(high(rule, 1, 1), 255u);
  EXPECT_EQ(high(rule, 768, 2048), 1445u);
  EXPECT_EQ(high(rule, 0xFFFFFFFF, 1), 85u + 170 * 4);
  EXPECT_EQ(image_tokens(rule, ImageSize{1024, 1024}, Detail::kLow), 85u);
  EXPECT_EQ(image_tokens(rule, std::nullopt, Detail::kHigh), 1445u);
}

TEST(ImageTokens, CountPatchesOfThePictureThatFits) {
  ImageRule rule{.kind = ImageRule::Kind::kPatches, .most = 1536};
  EXPECT_EQ(high(rule, 1024, 1024), 1024u);
  EXPECT_EQ(high(rule, 1800, 2400), 1452u);
  EXPECT_EQ(high(rule, 1, 1), 1u);
  EXPECT_LE(high(rule, 0xFFFFFFFF, 1), 1536u);
  EXPECT_GE(high(rule, 0xFFFFFFFF, 1), 1u);
  EXPECT_EQ(image_tokens(rule, std::nullopt, Detail::kLow), 1536u);
  rule.factor = 1620;
  EXPECT_EQ(high(rule, 1024, 1024), 1659u);  // 1658.88
}

TEST(ImageTokens, CountPixelsOrNothing) {
  const ImageRule& claude = Models::builtin().find("claude-opus-4-1").image;
  EXPECT_EQ(high(claude, 750, 750), 750u);
  EXPECT_EQ(high(claude, 5000, 5000), 1600u);
  EXPECT_EQ(image_tokens(claude, std::nullopt, Detail::kHigh), 1600u);
  EXPECT_EQ(high(Models::builtin().find("gemini-2.5-pro").image, 10, 10), 258u);
}

}  // namespace
}  // namespace penstock::tokens
