#pragma once

#include <deque>
#include <memory>
#include <simdjson.h>
#include <string>
#include <string_view>

#include "penstock/result.h"

#include "schema/decimal.h"

namespace penstock::schema {

/// A JSON text whose numbers mean what they say: integers beyond 64 bits and decimals of more than
/// 15 digits are kept beside the document (see Number). As strict as json::Document otherwise, and
/// slower: for schemas, and for instances that a person wants judged. Owns all that it was made of,
/// but not the text, which may go. Movable; elements stay valid. Thread-safe once made.
class ExactText {
 public:
  /// Error: as json::Document::parse, and for a number beyond the bounds of a Decimal.
  static Result<ExactText> parse(std::string_view text);

  simdjson::dom::element root() const;

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
  std::deque<Decimal> numbers_;  // their addresses stand in the document
};

}  // namespace penstock::schema
