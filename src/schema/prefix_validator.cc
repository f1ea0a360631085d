#include "schema/prefix_validator.h"

namespace penstock::schema {

PrefixValidator::PrefixValidator(const Schema&) {}

std::optional<Violation> PrefixValidator::feed(std::string_view piece) {
  if (reader_.feed(piece, *this)) return std::nullopt;
  return violation();
}

std::optional<Violation> PrefixValidator::finish() {
  if (reader_.finish(*this)) return std::nullopt;
  return violation();
}

Violation PrefixValidator::violation() const {
  Violation violation;
  violation.keyword = "json";
  violation.message = "no JSON text goes on like this at byte " + std::to_string(reader_.offset());
  return violation;
}

}  // namespace penstock::schema
