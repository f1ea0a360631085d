#include "interceptors/auth/digest.h"

#include <memory>
#include <new>

#include <openssl/evp.h>

namespace penstock::auth {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// OpenSSL has SHA-256: what it cannot give, it has no memory for. Thrown, so that whoever made a
/// static variable of it tries again.
template <class T>
T* given(T* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}

/// Fetched once: OpenSSL 3 looks an algorithm up anew in each call that names it otherwise.
const EVP_MD* algorithm() {
  static const EVP_MD* const kAlgorithm = given(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return kAlgorithm;
}

std::optional<std::uint8_t> nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

Digest sha256(std::string_view text) {
  // One context for each thread; nothing below can suspend the fiber that uses it.
  static thread_local const Context context(given(EVP_MD_CTX_new()));
  Digest digest;
  const bool done = EVP_DigestInit_ex(context.get(), algorithm(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!done) throw std::bad_alloc();  // the one thing that can be lacking
  return digest;
}

std::string to_hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Digest> parse_hex(std::string_view text) {
  Digest digest;
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = nibble(text[2 * i]);
    const auto low = nibble(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return digest;
}

}  // namespace penstock::auth
