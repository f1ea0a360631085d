#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "schema/plan.h"

namespace penstock::schema {

/// Words in order, so that those with a common beginning stand together.
struct SortedWords {
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> places;  // of each in the table that it comes from
};

/// What a PrefixValidator looks up that a plan has in another order. Made once for a plan, which
/// outlives it. Immutable, thread-safe.
class PrefixPlan {
 public:
  explicit PrefixPlan(const Plan& plan);

  const Plan& plan() const noexcept { return *plan_; }
  const Node& node(NodeId id) const noexcept { return plan_->nodes[id]; }
  /// The names that members of an object may have; places are those in ObjectRules::names. Null:
  /// any name may be.
  const SortedWords* names(NodeId id) const noexcept { return names_[id].get(); }
  /// The strings among the values of enum and const; null: there are no such keywords.
  const SortedWords* values(NodeId id) const noexcept { return values_[id].get(); }

 private:
  const Plan* plan_;
  std::vector<std::unique_ptr<const SortedWords>> names_;  // by NodeId
  std::vector<std::unique_ptr<const SortedWords>> values_;
};

}  // namespace penstock::schema
