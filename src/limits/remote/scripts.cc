#include "limits/remote/scripts.h"

#include <array>

#include <openssl/evp.h>

#include "base/text.h"

namespace penstock::limits::remote {

namespace {

/// SHA-1 is the server's choice, as a name and not against forgers.
std::string sha1_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

Script make(std::string_view clock, std::string_view name) {
  Script script;
  script.text = concat(
      {clock.empty() ? builtin("clock") : clock, "\n", builtin("meters"), "\n", builtin(name)});
  script.sha1 = sha1_of(script.text);
  return script;
}

}  // namespace

Scripts::Scripts(std::string_view clock)
    : reserve(make(clock, "reserve")),
      extend(make(clock, "extend")),
      settle(make(clock, "settle")),
      renew(make(clock, "renew")),
      heartbeat(make(clock, "heartbeat")),
      look(make(clock, "look")) {}

}  // namespace penstock::limits::remote
