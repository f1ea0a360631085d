#pragma once

#include <string_view>
#include <vector>

namespace penstock::test {

/// The same bytes cut into pieces in different ways: whole, one byte each (texts up to 8 KiB), and
/// at pseudo-random places, the same in every run. A reader must not see a difference.
std::vector<std::vector<std::string_view>> cuts(std::string_view bytes);

}  // namespace penstock::test
