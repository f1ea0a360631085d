#pragma once

#include <new>
#include <string>
#include <string_view>

namespace penstock::runtime {

/// Appends what arrived while nobody reads. False: there is no memory for it. For handlers of a
/// loop, from which no exception may escape.
inline bool append_to_spill(std::string& spill, std::string_view bytes) noexcept {
  try {
    spill.append(bytes);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace penstock::runtime
