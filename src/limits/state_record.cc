#include "limits/state_record.h"

#include <array>
#include <chrono>
#include <cstdint>

namespace penstock::limits::internal {

namespace {

/// RFC 3720 appendix B.4, the polynomial with its bits reversed.
constexpr std::uint32_t kCastagnoli = 0x82f63b78;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kCastagnoli : 0);
    table[byte] = rest;
  }
  return table;
}

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_crc_table();
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 255];
  return ~crc;
}

template <std::size_t kBytes>
void put(std::string& bytes, std::uint64_t number) {
  for (std::size_t i = 0; i < kBytes; ++i) bytes += static_cast<char>(number >> (8 * i) & 255);
}

template <std::size_t kBytes>
std::uint64_t get(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  bytes.remove_prefix(kBytes);
  return number;
}

std::uint64_t to_number(WallTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

WallTime to_time(std::uint64_t number) {
  const std::chrono::nanoseconds since(static_cast<std::int64_t>(number));
  return WallTime(std::chrono::duration_cast<WallTime::duration>(since));
}

constexpr std::size_t kCrcBytes = 4;

}  // namespace

void append_record(std::string& bytes, const MeterState& state) {
  const std::size_t begin = bytes.size();
  put<kCrcBytes>(bytes, 0);
  put<2>(bytes, state.key.size());
  put<8>(bytes, state.used);
  put<8>(bytes, to_number(state.at));
  put<8>(bytes, to_number(state.expires));
  bytes += state.key;
  std::string crc;
  put<kCrcBytes>(crc, crc32c(std::string_view(bytes).substr(begin + kCrcBytes)));
  bytes.replace(begin, kCrcBytes, crc);
}

std::optional<MeterState> take_record(std::string_view& bytes) {
  if (bytes.size() < kRecordHeadBytes) return std::nullopt;
  std::string_view rest = bytes;
  const std::uint64_t crc = get<kCrcBytes>(rest);
  const std::string_view checked = rest;
  const std::size_t key_bytes = get<2>(rest);
  const std::size_t record_bytes = kRecordHeadBytes + key_bytes;
  if (bytes.size() < record_bytes) return std::nullopt;
  if (crc32c(checked.substr(0, record_bytes - kCrcBytes)) != crc) return std::nullopt;
  MeterState state;
  state.used = get<8>(rest);
  state.at = to_time(get<8>(rest));
  state.expires = to_time(get<8>(rest));
  state.key = rest.substr(0, key_bytes);
  bytes.remove_prefix(record_bytes);
  return state;
}

}  // namespace penstock::limits::internal
