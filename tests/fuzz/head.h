#pragma once

#include <string>
#include <string_view>

#include "penstock/error.h"
#include "penstock/headers.h"

#include "fuzz/input.h"
#include "http/framing.h"

namespace penstock::fuzz {

std::string to_text(const http::Framing& framing);
/// The fields that a writer passes on: all but those about the connection and Host.
std::string end_to_end_fields(const Headers& headers);
/// All fields.
std::string to_text(const Headers& headers);
std::string to_text(const Error& error);

/// How many fields that frame a body a careless reader finds in a head: one that ends lines at CR
/// or LF alone and overlooks bytes that no name may hold.
struct FramingFields {
  int content_length = 0;
  int transfer_encoding = 0;
};
enum class Underscore { kIsItself, kIsHyphen };  // in the eyes of that reader
FramingFields framing_fields(std::string_view head, Underscore underscore);

/// What became of a head that came in the given pieces: "incomplete", the error, or its size and
/// what `describe` says of it.
template <class Parser, class Describe>
std::string outcome_of(Parser parser, const Pieces& pieces, Describe describe) {
  std::string come;
  for (const auto piece : pieces) {
    come.append(piece);
    const ExactCopy buffer(come);
    const auto size = parser.parse(buffer.text());
    if (!size) return to_text(size.error());
    if (*size > 0) return std::to_string(*size) + " bytes, " + describe(parser.head());
  }
  return "incomplete";
}

}  // namespace penstock::fuzz
