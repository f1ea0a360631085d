#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/document.h"
#include "schema/prefix_validator.h"
#include "schema/schema.h"

namespace penstock::schema::test {

/// How far a text got.
struct Reading {
  std::optional<Violation> violation;  // nullopt: it is whole, as far as can be told on the way
  std::uint64_t offset = 0;            // bytes without fault

  bool refused_at(std::uint64_t byte) const { return violation && offset == byte; }
};

/// Reads a text in pieces of that size, to its end.
inline Reading read_prefix(const PrefixPlan& plan, std::string_view text, std::size_t step) {
  PrefixValidator validator(plan);
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (auto violation = validator.feed(text.substr(at, step))) {
      return {std::move(violation), validator.offset()};
    }
  }
  auto violation = validator.finish();
  return {std::move(violation), validator.offset()};
}

/// Whether the text is JSON and fits.
inline bool fits_whole(const Schema& schema, std::string_view text) {
  std::string padded(text);
  padded.reserve(text.size() + json::kPadding);
  const auto document = json::Document::parse(padded);
  return document && !schema.validate(*document);
}

}  // namespace penstock::schema::test
