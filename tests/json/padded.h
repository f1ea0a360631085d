#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "json/document.h"

namespace penstock::json {

/// A copy of a text that Document::parse may read: with room behind its end.
inline std::string padded(std::string_view text) {
  std::string copy;
  copy.reserve(text.size() + kPadding);
  copy.append(text);
  return copy;
}

inline std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  while (times-- > 0) all.append(text);
  return all;
}

/// Why a text is refused; empty when it is accepted.
inline std::string refusal(std::string_view text) {
  const std::string copy = padded(text);
  const auto document = Document::parse(copy);
  return document ? std::string() : document.error().public_message;
}

}  // namespace penstock::json
