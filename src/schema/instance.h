#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <simdjson.h>
#include <string_view>

#include "schema/number.h"

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
inline std::size_t index_of(Type type) noexcept {
  return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint8_t>(type)));
}

namespace internal {

/// By simdjson's element_type, which is a letter.
consteval std::array<TypeSet, 128> types_by_tag() {
  using simdjson::dom::element_type;
  std::array<TypeSet, 128> types{};
  const auto set = [&](element_type tag, TypeSet type) {
    types[static_cast<std::size_t>(tag)] = type;
  };
  set(element_type::NULL_VALUE, kNull);
  set(element_type::BOOL, kBoolean);
  set(element_type::OBJECT, kObject);
  set(element_type::ARRAY, kArray);
  set(element_type::STRING, kString);
  set(element_type::INT64, kInteger);
  set(element_type::UINT64, kInteger);
  set(element_type::DOUBLE, kNumber);
  return types;
}
inline constexpr std::array<TypeSet, 128> kTypesByTag = types_by_tag();

}  // namespace internal

/// The types that a value may have, without a look at the value: both kinds of number for a double.
inline TypeSet types_at_sight(simdjson::dom::element value) noexcept {
  return internal::kTypesByTag[static_cast<std::size_t>(value.type()) & 127];
}

/// A value under validation: an element of a document, or the name of a member, which is a string
/// without an element. A view; the document, and the text of a name, outlive it.
struct Instance {
  Type type;
  simdjson::dom::element element;          // unless it is a name
  const std::string_view* name = nullptr;  // if it is one

  static Instance of(simdjson::dom::element value) noexcept {
    const TypeSet types = types_at_sight(value);
    if (types == kNumber) return {Number::of(value).is_integer() ? kInteger : kFraction, value};
    return {static_cast<Type>(types), value};
  }
  static Instance of_name(const std::string_view& name) noexcept { return {kString, {}, &name}; }

  /// Of a string.
  std::string_view text() const noexcept {
    return name != nullptr ? *name : element.get_string().value_unsafe();
  }
};

namespace internal {

template <class Word>
Word load(std::string_view text, std::size_t at) noexcept {
  Word word = 0;
  std::memcpy(&word, text.data() + at, sizeof(word));
  return word;
}

}  // namespace internal

/// Equality of texts that are short and mostly equal, such as names: what memcmp would do, without
/// the call, which costs more than the comparison.
inline bool same_text(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  const std::size_t size = left.size();
  if (size > 32) return left == right;
  if (size < 4) {
    for (std::size_t i = 0; i < size; ++i) {
      if (left[i] != right[i]) return false;
    }
    return true;
  }
  // The last word overlaps the one before.
  if (size < 8) {
    return internal::load<std::uint32_t>(left, 0) == internal::load<std::uint32_t>(right, 0) &&
           internal::load<std::uint32_t>(left, size - 4) ==
               internal::load<std::uint32_t>(right, size - 4);
  }
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (internal::load<std::uint64_t>(left, at) != internal::load<std::uint64_t>(right, at))
      return false;
  }
  return internal::load<std::uint64_t>(left, size - 8) ==
         internal::load<std::uint64_t>(right, size - 8);
}

/// What simdjson tells for every container that is larger than its counter.
inline constexpr std::size_t kSaturatedSize = 0xFFFFFF;

/// How many elements or members there are: of an array or an object.
template <class Container>
std::size_t size_of(const Container& container) noexcept {
  const std::size_t size = container.size();
  if (size < kSaturatedSize) [[likely]]
    return size;
  return static_cast<std::size_t>(std::distance(container.begin(), container.end()));
}

/// Steps that are left, and stack. What takes them goes on only while there are both. A recursion
/// that spends a step in each of its calls is so bounded in its depth too.
class Budget {
 public:
  /// The stack may grow by kStackBytes from here. What comes after the last step, such as matching
  /// a pattern or describing a violation, has the rest of the 40 KiB that Schema promises.
  explicit Budget(std::uint64_t steps) noexcept : left_(steps), stack_end_(here() - kStackBytes) {}

  /// False, from then on always: there were not as many, or no stack.
  bool spend(std::uint64_t steps) noexcept {
    if (left_ >= steps && here() > stack_end_) [[likely]] {
      left_ -= steps;
      return true;
    }
    left_ = 0;
    return false;
  }
  void exhaust() noexcept { left_ = 0; }
  bool is_spent() const noexcept { return left_ == 0; }

  /// Keeps all but `most` steps back, until give_back() returns what was kept; for a part that
  /// may fail without the whole.
  std::uint64_t keep_back_all_but(std::uint64_t most) noexcept {
    const std::uint64_t kept = left_ > most ? left_ - most : 0;
    left_ -= kept;
    return kept;
  }
  void give_back(std::uint64_t kept) noexcept { left_ += kept; }

 private:
  static std::uintptr_t here() noexcept {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr std::size_t kStackBytes = 320 * 1024;  // their frames are larger
#elif defined(__has_feature)
  static constexpr std::size_t kStackBytes =
      __has_feature(address_sanitizer) ? 320 * 1024 : 32 * 1024;
#else
  static constexpr std::size_t kStackBytes = 32 * 1024;
#endif

  std::uint64_t left_;
  std::uintptr_t stack_end_;
};

/// Equality as JSON Schema sees it: numbers by value, objects without regard to order. A step for
/// each value that is looked at; false when they run out. Recursion ends with the depth of either.
/// Allocates for large objects only.
bool equal(const Instance& left, const Instance& right, Budget& budget);

/// Whether no two elements are equal; true when the budget runs out. Time in proportion to the size
/// of the array, unless somebody found values with equal hashes. Allocates for large arrays only.
bool all_different(simdjson::dom::array array, Budget& budget);

}  // namespace penstock::schema
