#pragma once

#include <string>

namespace penstock {

/// A new identifier: the prefix and 24 random characters, unique in practice, no secret.
std::string new_id(const char* prefix);

}  // namespace penstock
