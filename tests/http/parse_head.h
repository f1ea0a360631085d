#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "penstock/error.h"
#include "penstock/headers.h"

#include "http/cuts.h"
#include "http/framing.h"

namespace penstock::test {

inline std::string to_text(const http::Framing& framing) {
  switch (framing.kind) {
    case http::Framing::Kind::kNone:
      return "none";
    case http::Framing::Kind::kLength:
      return "length " + std::to_string(framing.length);
    case http::Framing::Kind::kChunked:
      return "chunked";
    case http::Framing::Kind::kUntilClose:
      return "until close";
  }
  return "?";
}

inline std::string to_text(const Headers& headers) {
  std::string text;
  headers.for_each([&](const Headers::Field& field) {
    text.append(field.name).append("=").append(field.value).append("|");
  });
  return text;
}

/// What became of a head that came in the given pieces: "incomplete", the status of the error, or
/// what `describe_head` says of it and its size. The buffer is exactly as large as what has come
/// and moves each time, so that a sanitizer sees every step over its end.
template <class Parser, class Describe>
std::string outcome_of(Parser parser, const std::vector<std::string_view>& pieces,
                       Describe describe_head) {
  std::string buffer;
  for (const auto piece : pieces) {
    buffer = std::string(std::string_view(buffer)).append(piece);
    buffer.shrink_to_fit();
    const auto size = parser.parse(buffer);
    if (!size) return std::to_string(describe(size.error().kind).status);
    if (*size > 0) return describe_head(parser.head()) + " size " + std::to_string(*size);
  }
  return "incomplete";
}

/// The same for every way of cutting; fails the test where they differ.
template <class Parser, class Describe>
std::string outcome_of_all_cuts(const Parser& fresh, std::string_view bytes,
                                Describe describe_head) {
  std::string whole;
  for (const auto& pieces : cuts(bytes)) {
    const std::string outcome = outcome_of(fresh, pieces, describe_head);
    if (whole.empty()) whole = outcome;
    EXPECT_EQ(outcome, whole) << "in " << pieces.size() << " pieces";
  }
  return whole;
}

}  // namespace penstock::test
