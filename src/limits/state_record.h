#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "limits/meter_state.h"

namespace penstock::limits::internal {

/// The longest key of a record.
inline constexpr std::size_t kMaxKeyBytes = 65535;
/// Bytes of a record beside its key.
inline constexpr std::size_t kRecordHeadBytes = 30;
inline constexpr std::size_t kMaxRecordBytes = kRecordHeadBytes + kMaxKeyBytes;

/// Adds the record of a state: a CRC-32C of the rest, the key's length, `used`, the two times in
/// nanoseconds since 1970, and the key; numbers with their lowest byte first. The key is no longer
/// than kMaxKeyBytes.
void append_record(std::string& bytes, const MeterState& state);

/// Takes the record at the front of `bytes` away. nullopt: there is no whole and sound one, and
/// `bytes` stays as it is; where it is at least kMaxRecordBytes long, more bytes do not help.
std::optional<MeterState> take_record(std::string_view& bytes);

}  // namespace penstock::limits::internal
