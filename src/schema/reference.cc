#include "schema/reference.h"

#include <charconv>
#include <optional>
#include <utility>

namespace penstock::schema {

namespace {

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    const std::string_view digits = text.substr(at + 1, 2);
    unsigned value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    if (digits.size() < 2 || end != digits.data() + 2) return std::nullopt;
    decoded += static_cast<char>(value);
    at += 2;
  }
  return decoded;
}

}  // namespace

Result<Reference> resolve(simdjson::dom::element root, std::string_view reference) {
  const std::string quoted = "`" + std::string(reference) + "`";
  if (!reference.starts_with("#") || (reference.size() > 1 && reference[1] != '/')) {
    return internal_error("unsupported reference " + quoted + "; only #/... is");
  }
  auto pointer = percent_decoded(reference.substr(1));
  simdjson::dom::element target;
  if (!pointer || root.at_pointer(*pointer).get(target) != simdjson::SUCCESS) {
    return internal_error(quoted + " points to nothing");
  }
  return Reference{target, std::move(*pointer)};
}

}  // namespace penstock::schema
