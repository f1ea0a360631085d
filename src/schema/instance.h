#pragma once

#include <cstdint>
#include <simdjson.h>
#include <string_view>

namespace penstock::schema {

/// The types of JSON values, as bits of a set. A number is an integer when its value is one,
/// however it is spelled: 1.0 is, 1.5 is not.
enum Type : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kObject = 4,
  kArray = 8,
  kString = 16,
  kInteger = 32,
  kFraction = 64,
};

/// Which types are meant. JSON Schema's "number" is kNumber, its "integer" is kInteger.
using TypeSet = std::uint8_t;
inline constexpr TypeSet kNumber = kInteger | kFraction;
inline constexpr TypeSet kAnyType = 127;

/// The index of a type's bit, 0 to 6.
inline constexpr std::size_t kTypeCount = 7;
std::size_t index_of(Type type) noexcept;

/// A value under validation: an element of a document, or the name of a member, which is a string
/// without an element. A view; the document outlives it.
struct Instance {
  Type type;
  simdjson::dom::element element;  // unless it is a name
  std::string_view text;           // kString

  static Instance of(simdjson::dom::element element);
  static Instance of_name(std::string_view name) { return {kString, {}, name}; }
};

/// The value of a number. Long double holds all 64-bit integers and doubles exactly, on x86-64 and
/// on 64-bit ARM, so that comparing these is exact.
long double number_of(simdjson::dom::element number);

/// How many elements or members there are.
std::size_t size_of(simdjson::dom::array array);
std::size_t size_of(simdjson::dom::object object);

/// Equality as JSON Schema sees it: numbers by value, objects without regard to order. Recursion
/// ends with the depth of `constant`, which the parser bounds.
bool equal(const Instance& instance, simdjson::dom::element constant);

}  // namespace penstock::schema
