#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <string>
#include <vector>

#include "schema/instance.h"
#include "schema/name_table.h"
#include "schema/pattern.h"
#include "schema/schema.h"

namespace penstock::schema {

/// A place in Plan::nodes.
using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = std::numeric_limits<NodeId>::max();

/// How many items, members or code points there may be.
struct SizeRange {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};

struct NumberRules {
  std::optional<simdjson::dom::element> minimum;
  std::optional<simdjson::dom::element> maximum;
  bool minimum_excluded = false;
  bool maximum_excluded = false;
};

struct StringRules {
  SizeRange length;
  std::optional<Pattern> pattern;
};

struct ArrayRules {
  SizeRange size;
  NodeId items = kNoNode;
};

/// `names` holds what `properties` and `required` name; `members` has the schema of each, or
/// kNoNode where it is only required.
struct ObjectRules {
  using NameSet = std::bitset<NameTable::kMaxNames>;
  SizeRange size;
  NameTable names;
  std::vector<NodeId> members;
  NameSet required;
  NodeId additional = kNoNode;      // for members that `properties` does not name
  NodeId property_names = kNoNode;  // for the names themselves
};

/// A member whose constant value tells the branches of a Choice apart, such as `role` or `type`.
/// Holds for objects: when the member is there, only the branch with its value can fit.
struct Tag {
  std::string_view name;
  NameTable values;
  std::vector<NodeId> branches;  // by value
  bool required = false;         // every branch demands the member
};

/// anyOf or oneOf. A branch that does not take an instance's type is never tried with it.
struct Choice {
  bool exactly_one = false;
  std::vector<NodeId> branches;
  std::array<std::vector<NodeId>, kTypeCount> by_type;  // index_of(type)
  std::optional<Tag> tag;
};

struct Condition {
  NodeId test = kNoNode;
  NodeId then = kNoNode;
  NodeId otherwise = kNoNode;
};

/// Keywords that apply further schemas to the same instance.
struct InPlaceRules {
  std::vector<NodeId> all;  // $ref and allOf
  std::vector<Choice> choices;
  NodeId negated = kNoNode;
  std::optional<Condition> condition;
};

/// One schema. What is absent does not constrain.
struct Node {
  std::string path;  // JSON pointer
  bool refuses_all = false;
  TypeSet types = kAnyType;
  bool constant = false;  // `values` comes from const and has one
  std::optional<std::vector<simdjson::dom::element>> values;
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<StringRules> string;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  std::unique_ptr<InPlaceRules> in_place;
};

/// A compiled schema: nodes refer to each other by number, and to names and constants in the parsed
/// text, which the parser holds. nodes[0] is the root.
struct Plan {
  simdjson::dom::parser parser;
  std::vector<Node> nodes;
};

}  // namespace penstock::schema
