#include "interceptors/auth/key_table.h"

#include <cstring>
#include <random>

#include <openssl/crypto.h>

namespace penstock::auth {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

/// The finalizer of SplitMix64.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

}  // namespace

KeyTable::KeyTable(const std::vector<Options::Key>& keys)
    : names_(keys.size(), SeededHash{random_seed()}) {
  for (const Options::Key& key : keys) names_.emplace(key.digest, key.name);
}

const std::string* KeyTable::find(const Digest& digest) const {
  const auto found = names_.find(digest);
  return found == names_.end() ? nullptr : &found->second;
}

std::size_t KeyTable::SeededHash::operator()(const Digest& digest) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, digest.data(), sizeof words);
  return mix(mix(words[0] ^ seed) ^ words[1]);
}

bool KeyTable::ConstantTimeEqual::operator()(const Digest& a, const Digest& b) const noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace penstock::auth
