#pragma once

#include <string_view>

namespace penstock::control {

/// The text of config/<name>.yaml as it was when the program was built; empty where there is no
/// such file. Names: openapi.
std::string_view builtin(std::string_view name);

}  // namespace penstock::control
