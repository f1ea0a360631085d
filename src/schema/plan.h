#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "schema/exact_text.h"
#include "schema/format.h"
#include "schema/instance.h"
#include "schema/name_table.h"
#include "schema/number.h"
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

  bool holds(std::uint64_t size) const noexcept { return size >= min && size <= max; }
};

/// enum or const, and what both have in common where both stand.
struct ValueRules {
  bool constant = false;                       // comes from const alone and has one value
  std::vector<simdjson::dom::element> all;     // in the order of the schema
  NameTable texts;                             // the strings among them
  std::vector<simdjson::dom::element> others;  // the rest
};

struct NumberRules {
  std::optional<Number> minimum;
  std::optional<Number> maximum;
  bool minimum_excluded = false;
  bool maximum_excluded = false;
  std::optional<Divisor> multiple_of;
};

struct StringRules {
  SizeRange length;
  std::optional<Pattern> pattern;
  const Format* format = nullptr;  // where it is asserted
};

struct ContainsRules {
  NodeId schema = kNoNode;
  SizeRange count{.min = 1};
};

struct ArrayRules {
  SizeRange size;
  bool unique = false;
  std::vector<NodeId> prefix;  // of the first items: prefixItems, or draft 7's list of items
  NodeId items = kNoNode;      // of those behind them
  std::optional<ContainsRules> contains;
};

/// What the presence of a member demands of its object.
struct Dependency {
  std::string_view name;
  std::string_view keyword;                // dependentRequired, dependentSchemas or dependencies
  std::vector<std::string_view> required;  // members
  NodeId schema = kNoNode;                 // for the whole object
};

/// `names` holds what `properties` and `required` name; `members` has the schema of each, or
/// kNoNode where it is only required.
struct ObjectRules {
  SizeRange size;
  NameTable names;
  std::vector<NodeId> members;
  std::vector<std::uint32_t> required;  // places in `names`, ascending
  struct ByPattern {
    Pattern pattern;
    NodeId schema;
  };
  std::vector<ByPattern> patterns;
  NodeId additional = kNoNode;      // for members that neither `properties` nor a pattern names
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

/// $dynamicRef to a $dynamicAnchor: the target is that of the outermost resource on the way here
/// that has the anchor.
struct DynamicReference {
  NodeId target = kNoNode;   // where no resource has it
  std::uint32_t anchor = 0;  // in Plan::dynamic_anchors
};

/// Keywords that apply further schemas to the same instance.
struct InPlaceRules {
  std::vector<NodeId> all;  // $ref and allOf
  std::vector<Choice> choices;
  NodeId negated = kNoNode;
  std::optional<Condition> condition;
  std::optional<DynamicReference> dynamic;
  std::vector<Dependency> dependencies;  // objects only
};

/// For what no keyword beside it, nor a schema that it applies in place, has looked at.
struct UnevaluatedRules {
  NodeId items = kNoNode;
  NodeId properties = kNoNode;
};

/// One schema. What is absent does not constrain. To validate means: types, values, the rules of
/// the instance's type, in_place, unevaluated, in this order.
struct Node {
  std::string path;            // as in Violation::schema_path
  std::uint32_t resource = 0;  // which of the schemas with a $id it belongs to; 0: the root's
  bool refuses_all = false;    // `false`
  TypeSet types = kAnyType;
  TypeSet free = 0;  // of these, the types with which every value fits
  std::unique_ptr<ValueRules> values;
  std::unique_ptr<NumberRules> number;
  std::unique_ptr<StringRules> string;
  std::unique_ptr<ArrayRules> array;
  std::unique_ptr<ObjectRules> object;
  std::unique_ptr<InPlaceRules> in_place;
  std::unique_ptr<UnevaluatedRules> unevaluated;
};

/// A compiled schema: nodes refer to each other by number, and to names and constants in the
/// texts. nodes[0] is the root.
struct Plan {
  std::vector<std::shared_ptr<const ExactText>> texts;  // of the schema and what it refers to
  std::vector<Node> nodes;
  /// The schema with the anchor in each Node::resource that has it. Empty: no node has a
  /// DynamicReference.
  std::vector<std::map<std::uint32_t, NodeId>> dynamic_anchors;
  std::vector<std::string> warnings;
};

}  // namespace penstock::schema
