#include "openai/whole_number.h"

namespace penstock::openai {

std::optional<std::uint64_t> whole_number(simdjson::dom::element element) noexcept {
  std::uint64_t whole = 0;
  if (element.get_uint64().get(whole) == simdjson::SUCCESS) {
    return whole <= kMaxCount ? std::optional(whole) : std::nullopt;
  }
  double real = 0;
  if (element.get_double().get(real) != simdjson::SUCCESS) return std::nullopt;
  if (!(real >= 0 && real <= static_cast<double>(kMaxCount))) return std::nullopt;
  whole = static_cast<std::uint64_t>(real);
  return static_cast<double>(whole) == real ? std::optional(whole) : std::nullopt;
}

}  // namespace penstock::openai
