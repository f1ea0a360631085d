// Equality of values, and the search for equal ones.

#include <algorithm>
#include <bit>
#include <random>
#include <utility>
#include <vector>

#include "schema/instance.h"
#include "schema/number.h"

namespace penstock::schema {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// Up to so many it is cheaper to compare each with each than to allocate.
constexpr std::size_t kFew = 16;

using Member = std::pair<std::string_view, element>;

bool equal_arrays(array left, array right, Budget& budget) {
  if (size_of(left) != size_of(right)) return false;
  auto other = right.begin();
  for (const element item : left) {
    if (!equal(Instance::of(item), Instance::of(*other), budget)) return false;
    ++other;
  }
  return true;
}

std::vector<Member> sorted_members(object members) {
  std::vector<Member> sorted;
  for (const auto field : members) sorted.emplace_back(field.key, field.value);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Member& a, const Member& b) { return a.first < b.first; });
  return sorted;
}

[[gnu::noinline]] bool equal_large_objects(object left, object right, Budget& budget) {
  const std::vector<Member> ours = sorted_members(left);
  const std::vector<Member> theirs = sorted_members(right);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i].first != theirs[i].first) return false;
    if (!equal(Instance::of(ours[i].second), Instance::of(theirs[i].second), budget)) return false;
  }
  return true;
}

bool equal_objects(object left, object right, Budget& budget) {
  const std::size_t size = size_of(left);
  if (size != size_of(right)) return false;
  if (size > kFew) return budget.spend(size) && equal_large_objects(left, right, budget);
  for (const auto field : right) {
    element value;
    if (left.at_key(field.key).get(value) != simdjson::SUCCESS) return false;
    if (!equal(Instance::of(value), Instance::of(field.value), budget)) return false;
  }
  return true;
}

// Not to be foreseen by who sends values. Made at the start, since it takes 5 KiB of stack.
const std::uint64_t kSecret = std::random_device{}() * std::uint64_t{0x9E3779B97F4A7C15};

std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9E3779B97F4A7C15;
  return state ^ (state >> 29);
}

std::uint64_t hash_of_text(std::string_view text) {
  return mixed(kSecret, std::hash<std::string_view>()(text));
}

// Equal numbers have equal doubles, whichever way they are stored.
std::uint64_t hash_of_number(const Number& number) {
  const double value = number.nearest_double();
  return mixed(kSecret, std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
}

std::uint64_t hash_of(const Instance& value, Budget& budget) {
  if (!budget.spend(1)) return 0;
  std::uint64_t hash = value.type;
  switch (value.type) {
    case kNull:
      break;
    case kBoolean:
      hash = mixed(hash, value.element.get_bool().value_unsafe() ? 1 : 2);
      break;
    case kString:
      hash = mixed(hash, hash_of_text(value.text()));
      break;
    case kInteger:
    case kFraction:
      hash = mixed(hash, hash_of_number(Number::of(value.element)));
      break;
    case kArray:
      for (const auto items = value.element.get_array().value_unsafe();
           const element item : items) {
        hash = mixed(hash, hash_of(Instance::of(item), budget));
      }
      break;
    case kObject:
      // A sum, which has no order.
      for (const auto members = value.element.get_object().value_unsafe();
           const auto field : members) {
        hash += mixed(hash_of_text(field.key), hash_of(Instance::of(field.value), budget));
      }
      break;
  }
  return hash;
}

[[gnu::noinline]] bool many_different(array items, Budget& budget) {
  std::vector<std::pair<std::uint64_t, element>> hashed;
  for (const element item : items) hashed.emplace_back(hash_of(Instance::of(item), budget), item);
  std::sort(hashed.begin(), hashed.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < hashed.size(); ++i) {
    for (std::size_t j = i + 1; j < hashed.size() && hashed[j].first == hashed[i].first; ++j) {
      if (equal(Instance::of(hashed[i].second), Instance::of(hashed[j].second), budget)) {
        return false;
      }
      if (budget.is_spent()) return true;
    }
  }
  return true;
}

}  // namespace

bool equal(const Instance& left, const Instance& right, Budget& budget) {
  if (left.type != right.type || !budget.spend(1)) return false;
  switch (left.type) {
    case kNull:
      return true;
    case kBoolean:
      return left.element.get_bool().value_unsafe() == right.element.get_bool().value_unsafe();
    case kString:
      return left.text() == right.text();
    case kInteger:
    case kFraction:
      return compare(Number::of(left.element), Number::of(right.element)) == 0;
    case kArray:
      return equal_arrays(left.element.get_array().value_unsafe(),
                          right.element.get_array().value_unsafe(), budget);
    case kObject:
      return equal_objects(left.element.get_object().value_unsafe(),
                           right.element.get_object().value_unsafe(), budget);
  }
  return false;
}

bool all_different(array items, Budget& budget) {
  if (size_of(items) > kFew) return many_different(items, budget);
  for (auto item = items.begin(); item != items.end(); ++item) {
    auto other = item;
    for (++other; other != items.end(); ++other) {
      if (equal(Instance::of(*item), Instance::of(*other), budget)) return false;
    }
  }
  return true;
}

}  // namespace penstock::schema
