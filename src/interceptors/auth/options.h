#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"

#include "interceptors/auth/digest.h"

namespace penstock::auth {

/// The longest credential that is looked at.
inline constexpr std::size_t kMaxKeyBytes = 512;

/// True for what a key may be: 1 to kMaxKeyBytes visible ASCII characters.
bool is_possible_key(std::string_view text);

/// The options of `auth`: keys, client certificates or both, or else passthrough.
struct Options {
  struct Key {
    std::string name;  // unique; 1 to 64 visible ASCII characters
    Digest digest;     // of the key itself, which is not kept
  };
  std::vector<Key> keys;
  bool passthrough = false;
  bool client_certificate = false;  // a verified one admits, too

  /// Reads `{keys: [{name, key | sha256}], client_certificate}` or `{passthrough: true}`. Whatever
  /// is wrong goes to the diagnostics; the options are then not to be used. No message quotes a
  /// key.
  static Options parse(const config::Node& node, config::Diagnostics& diagnostics);
};

}  // namespace penstock::auth
