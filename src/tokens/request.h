#pragma once

#include <optional>
#include <simdjson.h>
#include <string_view>

namespace penstock::tokens {

// Reading of a request that nobody may have checked: what is of another type is not there. Of
// members with the same name the first counts.

inline std::optional<simdjson::dom::element> find(simdjson::dom::object object,
                                                  std::string_view key) noexcept {
  simdjson::dom::element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

template <class T>
std::optional<T> as(std::optional<simdjson::dom::element> value) noexcept {
  T typed;
  if (!value || value->get(typed) != simdjson::SUCCESS) return std::nullopt;
  return typed;
}

inline std::optional<simdjson::dom::object> find_object(simdjson::dom::object object,
                                                        std::string_view key) noexcept {
  return as<simdjson::dom::object>(find(object, key));
}

inline std::optional<simdjson::dom::array> find_array(simdjson::dom::object object,
                                                      std::string_view key) noexcept {
  return as<simdjson::dom::array>(find(object, key));
}

/// Empty where there is none.
inline std::string_view find_text(simdjson::dom::object object, std::string_view key) noexcept {
  return as<std::string_view>(find(object, key)).value_or(std::string_view());
}

}  // namespace penstock::tokens
