#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string_view>
#include <vector>

#include "schema/bits.h"
#include "schema/instance.h"
#include "schema/plan.h"
#include "schema/schema.h"

namespace penstock::schema {

/// One validation. Recursion follows the instance (64 levels) and the chains of schemas that apply
/// to the same value, with a bound on both together; steps are bounded in proportion to the text.
///
/// The path of a violation is put together on the way out of the recursion, and while branches are
/// tried it is quiet, so an instance that fits costs no allocation.
class Validator {
 public:
  /// `plan` outlives this.
  Validator(const Plan& plan, std::size_t text_bytes, Effort effort);

  /// Call once.
  std::optional<Violation> run(simdjson::dom::element root);

 private:
  /// A member's name, or an index where the name is null.
  struct Segment {
    std::optional<std::string_view> name;
    std::size_t index = 0;
  };
  class Quiet;
  /// The items or members of an instance that have been looked at, for unevaluated*; null where
  /// nobody asks.
  using Marks = Bits*;

  bool check(NodeId id, const Instance& instance, Marks marks = nullptr);
  /// Of an item or a member.
  bool check_part(NodeId id, simdjson::dom::element part);
  bool check_node(const Node& node, const Instance& instance, Marks marks);
  bool check_rules(const Node& node, const Instance& instance, Marks marks);
  bool check_values(const Node& node, const Instance& instance);
  bool check_number(const Node& node, const Instance& instance);
  bool check_string(const Node& node, const Instance& instance);
  bool check_array(const Node& node, const Instance& instance, Marks marks);
  bool check_items(const ArrayRules& rules, simdjson::dom::array array, Marks marks);
  bool check_contains(const Node& node, simdjson::dom::array array, Marks marks);
  bool check_object(const Node& node, const Instance& instance, Marks marks);
  /// What a walk through the members of an object keeps in mind.
  struct Walk {
    Bits seen;               // of ObjectRules::names
    std::size_t next = 0;    // the name that would be the next in the order of the schema
    bool evaluated = false;  // the last member
  };
  bool check_member(const Node& node, std::string_view name, simdjson::dom::element value,
                    Walk& walk);
  bool check_patterns(const ObjectRules& rules, std::string_view name, simdjson::dom::element value,
                      bool& evaluated);
  bool check_name(NodeId id, std::string_view name);
  bool matches(const Pattern& pattern, std::string_view text);
  bool check_in_place(const InPlaceRules& rules, const Node& node, const Instance& instance,
                      Marks marks);
  bool check_dependencies(const InPlaceRules& rules, const Node& node, const Instance& instance,
                          Marks marks);
  bool check_choice(const Choice& choice, const Node& node, const Instance& instance, Marks marks);
  bool check_by_tag(const Choice& choice, const Node& node, const Instance& instance,
                    simdjson::dom::element value, Marks marks);
  bool try_branches(const Choice& choice, const Node& node, const Instance& instance, Marks marks);
  bool check_unevaluated(const Node& node, const Instance& instance, Marks marks);
  bool check_other_items(const Node& node, simdjson::dom::array array, Bits& evaluated);
  bool check_other_members(const Node& node, simdjson::dom::object object, Bits& evaluated);
  NodeId target_of(const DynamicReference& reference) const;
  /// Whether the node begins another resource, which leave_scope() then ends.
  bool enter_scope(const Node& node);
  void leave_scope() { scope_.pop_back(); }
  /// Whether it fits, without a word about why not. Marks only if it does.
  bool fits(NodeId id, const Instance& instance, Marks marks = nullptr);
  bool fits_and_marks(NodeId id, const Instance& instance, Bits& marks);

  // All of these are false: what was checked does not fit.
  bool within(std::string_view name);
  bool within(std::size_t index);
  bool refuse(const Node& node, std::string_view keyword, std::string expected, std::string found);
  bool refuse_with(const Node& node, std::string_view keyword, std::string message,
                   std::string expected, std::string found);
  bool refuse_everything(const Node& node);
  bool refuse_type(const Node& node, const Instance& instance);
  bool refuse_value(const Node& node, const Instance& instance);
  bool refuse_number(const Node& node, const Instance& instance, std::string_view keyword);
  bool refuse_size(const Node& node, const Instance& instance, const SizeRange& range,
                   std::uint64_t found);
  bool refuse_text(const Node& node, const Instance& instance);
  bool refuse_format(const Node& node, const Instance& instance);
  bool refuse_repeated(const Node& node);
  bool refuse_contains(const Node& node, std::uint64_t found);
  bool refuse_duplicate(const Node& node, std::string_view name);
  bool refuse_additional(const Node& node, std::string_view keyword, std::string_view name);
  bool refuse_missing(const Node& node, std::string_view keyword, std::string_view name);
  bool refuse_negated(const Node& node);
  bool refuse_untaken(const Choice& choice, const Node& node, const Instance& instance);
  bool refuse_tag(const Choice& choice, const Node& node, const Instance& value);
  bool refuse_missing_tag(const Choice& choice, const Node& node);
  bool refuse_choice(const Choice& choice, const Node& node, const Instance& instance, int fitting);
  bool at_choice(const Choice& choice, const Node& node);
  bool explain_branch(const Choice& choice, const Instance& instance);
  bool refuse_limit();

  void name_place(Violation& violation) const;

  const Plan& plan_;
  Budget budget_;    // of steps; when it is spent, everything is refused
  Budget matching_;  // of what patterns may cost, see Pattern::work
  BitStack bits_;
  std::vector<std::uint32_t> scope_;  // resources on the way here, for $dynamicRef
  int nesting_ = 0;
  bool quiet_ = false;
  Violation violation_;
  std::vector<Segment> segments_;  // innermost first
};

}  // namespace penstock::schema
