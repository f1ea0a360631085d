#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// The known word that `word` is most likely a slip of: at most three letters are wrong, fewer in
/// a short word. nullopt: none is near.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace penstock
