#include "penstock/secret.h"

#include <openssl/crypto.h>

namespace penstock {

Secret::~Secret() {
  // All of the room: a string that was moved from or has shrunk keeps old bytes behind its end.
  text_.resize(text_.capacity());
  OPENSSL_cleanse(text_.data(), text_.size());
}

}  // namespace penstock
