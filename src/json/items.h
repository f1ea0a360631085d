#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace penstock::json {

/// The texts of the items of an array, in order; at most `most` of them and one. `array_text` is a
/// (valid, accepted) JSON array, which the views look into.
std::vector<std::string_view> items(std::string_view array_text, std::size_t most);

}  // namespace penstock::json
