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

/// How many elements or members there are.
std::size_t size_of(simdjson::dom::array array);
std::size_t size_of(simdjson::dom::object object);

/// Steps that are left. What takes them goes on only while there are some.
class Budget {
 public:
  explicit Budget(std::uint64_t steps) : left_(steps) {}

  /// False, from then on always: there were not as many.
  bool spend(std::uint64_t steps) noexcept {
    if (left_ >= steps) {
      left_ -= steps;
      return true;
    }
    left_ = 0;
    return false;
  }
  bool is_spent() const noexcept { return left_ == 0; }
  std::uint64_t left() const noexcept { return left_; }

 private:
  std::uint64_t left_;
};

/// Equality as JSON Schema sees it: numbers by value, objects without regard to order. A step for
/// each value that is looked at; false when they run out. Recursion ends with the depth of either.
/// Allocates for large objects only.
bool equal(const Instance& left, const Instance& right, Budget& budget);

/// Whether no two elements are equal; true when the budget runs out. Time in proportion to the size
/// of the array, unless somebody found values with equal hashes. Allocates for large arrays only.
bool all_different(simdjson::dom::array array, Budget& budget);

}  // namespace penstock::schema
