#include "gateway/first_key.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <openssl/rand.h>

#include "base/check.h"
#include "http/url.h"

namespace penstock::gateway {

namespace {

std::string value_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// 192 random bits, so it cannot be guessed.
std::string new_key() {
  std::array<unsigned char, 24> bytes;
  PENSTOCK_CHECK(::RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                 "the system gives random numbers");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string key = "sk-penstock-";
  for (const unsigned char byte : bytes) {
    key += kDigits[byte >> 4];
    key += kDigits[byte & 15];
  }
  return key;
}

}  // namespace

void make_key_if_needed() {
  if (!value_of("PENSTOCK_KEY").empty()) return;
  const std::string listen = value_of("PENSTOCK_LISTEN");
  const auto address = http::parse_host_port(listen);
  if (!address || http::is_loopback_host(address->host)) return;  // a bad address is reported later
  const std::string key = new_key();
  ::setenv("PENSTOCK_KEY", key.c_str(), 1);
  std::fprintf(stderr, "penstock: PENSTOCK_KEY is not set, so this run has a key of its own: %s\n",
               key.c_str());
}

}  // namespace penstock::gateway
