#include "schema/instance.h"

#include <bit>
#include <cmath>
#include <iterator>

namespace penstock::schema {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

// What simdjson tells for every container that is larger than its counter.
constexpr std::size_t kSaturated = 0xFFFFFF;

bool equal_arrays(array left, array right) {
  if (size_of(left) != size_of(right)) return false;
  auto other = right.begin();
  for (const element item : left) {
    if (!equal(Instance::of(item), *other)) return false;
    ++other;
  }
  return true;
}

bool equal_objects(object instance, object constant) {
  if (size_of(instance) != size_of(constant)) return false;
  for (const auto field : constant) {
    element value;
    if (instance.at_key(field.key).get(value) != simdjson::SUCCESS) return false;
    if (!equal(Instance::of(value), field.value)) return false;
  }
  return true;
}

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
    case element_type::DOUBLE: {
      const double number = value.get_double().value_unsafe();
      return {number == std::floor(number) ? kInteger : kFraction, value, {}};
    }
    case element_type::BOOL:
      return {kBoolean, value, {}};
    case element_type::NULL_VALUE:
      break;
  }
  return {kNull, value, {}};
}

long double number_of(element number) {
  if (number.is<std::int64_t>()) {
    return static_cast<long double>(number.get_int64().value_unsafe());
  }
  if (number.is<std::uint64_t>()) {
    return static_cast<long double>(number.get_uint64().value_unsafe());
  }
  return static_cast<long double>(number.get_double().value_unsafe());
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

bool equal(const Instance& instance, element constant) {
  const Instance other = Instance::of(constant);
  if (instance.type != other.type) return false;
  switch (instance.type) {
    case kNull:
      return true;
    case kBoolean:
      return instance.element.get_bool().value_unsafe() == constant.get_bool().value_unsafe();
    case kString:
      return instance.text == other.text;
    case kInteger:
    case kFraction:
      return number_of(instance.element) == number_of(constant);
    case kArray:
      return equal_arrays(instance.element.get_array().value_unsafe(),
                          constant.get_array().value_unsafe());
    case kObject:
      return equal_objects(instance.element.get_object().value_unsafe(),
                           constant.get_object().value_unsafe());
  }
  return false;
}

}  // namespace penstock::schema
