#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "interceptors/auth/digest.h"
#include "interceptors/auth/options.h"

namespace penstock::auth {

/// The configured keys by their digests. A look-up costs the same for one key and for a thousand,
/// and its time tells nothing about how near a digest came to a configured one: the place in the
/// table depends on a secret seed, and digests are compared in constant time.
///
/// Immutable once built, so thread-safe.
class KeyTable {
 public:
  explicit KeyTable(const std::vector<Options::Key>& keys);

  /// The name of the key with that digest; nullptr: there is none. Valid as long as the table.
  const std::string* find(const Digest& digest) const;
  bool empty() const noexcept { return names_.empty(); }

 private:
  struct SeededHash {
    std::uint64_t seed;
    std::size_t operator()(const Digest& digest) const noexcept;
  };
  struct ConstantTimeEqual {
    bool operator()(const Digest& a, const Digest& b) const noexcept;
  };
  std::unordered_map<Digest, std::string, SeededHash, ConstantTimeEqual> names_;
};

}  // namespace penstock::auth
