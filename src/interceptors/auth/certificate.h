#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "penstock/exchange.h"

namespace penstock::auth {

/// The first common name in the subject of a certificate, itself written as RFC 4514 says:
/// "CN=ci,O=Example". Its escapes are resolved. nullopt: there is none. Thread-safe.
std::optional<std::string> common_name(std::string_view subject);

/// The principal that a verified certificate proves. Its id holds the whole subject; its name is
/// the common name where that is 1 to 64 printable ASCII characters, else "certificate".
Principal certificate_principal(const std::string& subject);

}  // namespace penstock::auth
