#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string_view>
#include <vector>

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
  Validator(const Plan& plan, std::size_t text_bytes);

  /// Call once.
  std::optional<Violation> run(simdjson::dom::element root);

 private:
  /// A member's name, or an index where the name is null.
  struct Segment {
    std::optional<std::string_view> name;
    std::size_t index = 0;
  };
  class Quiet;

  bool check(NodeId id, const Instance& instance);
  bool check_node(const Node& node, const Instance& instance);
  bool check_rules(const Node& node, const Instance& instance);
  bool check_values(const Node& node, const Instance& instance);
  bool check_number(const Node& node, const Instance& instance);
  bool check_string(const Node& node, const Instance& instance);
  bool check_array(const Node& node, const Instance& instance);
  bool check_object(const Node& node, const Instance& instance);
  bool check_member(const Node& node, std::string_view name, simdjson::dom::element value,
                    ObjectRules::NameSet& seen);
  bool check_name(NodeId id, std::string_view name);
  bool check_in_place(const InPlaceRules& rules, const Node& node, const Instance& instance);
  bool check_choice(const Choice& choice, const Node& node, const Instance& instance);
  bool check_by_tag(const Choice& choice, const Node& node, const Instance& instance,
                    simdjson::dom::element value);
  bool try_branches(const Choice& choice, const Node& node, const Instance& instance);
  /// Whether it fits, without a word about why not.
  bool fits(NodeId id, const Instance& instance);

  // All of these are false: what was checked does not fit.
  bool within(std::string_view name);
  bool within(std::size_t index);
  bool refuse(const Node& node, std::string_view keyword, std::string message);
  bool refuse_in(std::string_view schema_path, std::string_view keyword, std::string message);
  bool refuse_everything(const Node& node);
  bool refuse_type(const Node& node, const Instance& instance);
  bool refuse_value(const Node& node, const Instance& instance);
  bool refuse_number(const Node& node, const Instance& instance, std::string_view side);
  bool refuse_size(const Node& node, const Instance& instance, const SizeRange& range,
                   std::uint64_t found);
  bool refuse_text(const Node& node, const Instance& instance);
  bool refuse_duplicate(const Node& node, std::string_view name);
  bool refuse_additional(const Node& node, std::string_view name);
  bool refuse_missing(const Node& node, const ObjectRules::NameSet& seen);
  bool refuse_negated(const Node& node);
  bool refuse_untaken(const Choice& choice, const Node& node, const Instance& instance);
  bool refuse_tag(const Choice& choice, const Node& node, const Instance& value);
  bool refuse_missing_tag(const Choice& choice, const Node& node);
  bool refuse_choice(const Choice& choice, const Node& node, int fitting);
  bool refuse_limit();

  std::string instance_path() const;

  const Plan& plan_;
  std::uint64_t steps_left_;
  int nesting_ = 0;
  bool quiet_ = false;
  bool exhausted_ = false;
  Violation violation_;
  std::vector<Segment> segments_;  // innermost first
};

}  // namespace penstock::schema
