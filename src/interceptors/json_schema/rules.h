#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/exchange.h"

#include "schema/schema.h"

namespace penstock::json_schema {

/// A schema and the models whose requests it is for.
struct Rule {
  std::vector<std::string> models;  // as clients write them, sorted; empty: all, and those without
  std::shared_ptr<const schema::Schema> schema;  // absent: any JSON will do

  bool concerns(std::string_view model) const;
};

/// What came of holding a body against the rules.
struct Judgement {
  bool judged = false;  // there was a schema for it
  std::optional<schema::Violation> violation;
};

/// The rules for the bodies of one route. Immutable once read, so thread-safe.
struct RouteRules {
  std::vector<Rule> request;  // the first that concerns the model is held to
  std::vector<Rule> also;     // and all of these that concern it

  /// Some rule is for certain models, so `judge` has to be told which one it is.
  bool by_model() const;
  /// The violation of the first rule that is broken. May suspend, see validation.h.
  Judgement judge(const json::Document& body, std::string_view model) const;
};

/// By route; index_of(route) is the place.
inline constexpr std::size_t kRouteCount = 10;
using RuleTable = std::array<RouteRules, kRouteCount>;
constexpr std::size_t index_of(Route route) noexcept {
  return static_cast<std::size_t>(route);
}
static_assert(index_of(Route::kModels) + 1 == kRouteCount);

}  // namespace penstock::json_schema
