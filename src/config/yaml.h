#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "penstock/config.h"

namespace penstock::config {

/// Bounds of a configuration, so that no text makes the loader use more memory than this allows;
/// an alias that multiplies (a "billion laughs") is refused. Crossing one is reported and ends the
/// reading.
inline constexpr std::size_t kMaxFileBytes = 1 << 20;
inline constexpr std::size_t kMaxNodes = 100'000;  // after expansion; anchored ones count twice
inline constexpr std::size_t kMaxTextBytes = 16 << 20;  // all scalars, after expansion
inline constexpr std::size_t kMaxDepth = 64;            // lists and maps inside each other
inline constexpr std::size_t kMaxKeyBytes = 256;

/// Reads one YAML 1.2 document into a tree, aliases expanded, nothing interpolated. Refused besides
/// syntax errors: duplicate keys (the first one stays), keys that are no plain text, merge keys,
/// tags, a second document, text that is not UTF-8. An empty document is a null node. nullopt: the
/// text could not be read to its end, there is no tree to go on with.
std::optional<Node> parse_yaml(std::string_view yaml, std::string_view file,
                               Diagnostics& diagnostics);

}  // namespace penstock::config
