#include "schema/instance.h"

#include <bit>
#include <iterator>

#include "schema/number.h"

namespace penstock::schema {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

// What simdjson tells for every container that is larger than its counter.
constexpr std::size_t kSaturated = 0xFFFFFF;

}  // namespace

std::size_t index_of(Type type) noexcept {
  return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint8_t>(type)));
}

Instance Instance::of(simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::STRING:
      return {kString, value, value.get_string().value_unsafe()};
    case element_type::OBJECT:
      return {kObject, value, {}};
    case element_type::ARRAY:
      return {kArray, value, {}};
    case element_type::INT64:
    case element_type::UINT64:
      return {kInteger, value, {}};
    case element_type::DOUBLE:
      return {Number::of(value).is_integer() ? kInteger : kFraction, value, {}};
    case element_type::BOOL:
      return {kBoolean, value, {}};
    case element_type::NULL_VALUE:
      break;
  }
  return {kNull, value, {}};
}

std::size_t size_of(array items) {
  const std::size_t size = items.size();
  if (size < kSaturated) return size;
  return static_cast<std::size_t>(std::distance(items.begin(), items.end()));
}

std::size_t size_of(object members) {
  const std::size_t size = members.size();
  if (size < kSaturated) return size;
  return static_cast<std::size_t>(std::distance(members.begin(), members.end()));
}

}  // namespace penstock::schema
