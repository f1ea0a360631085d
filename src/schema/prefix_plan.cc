#include "schema/prefix_plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace penstock::schema {

namespace {

std::unique_ptr<const SortedWords> sorted(const NameTable& table,
                                          std::vector<std::uint32_t> places) {
  const auto by_text = [&table](std::uint32_t a, std::uint32_t b) {
    return table.name(a) < table.name(b);
  };
  std::sort(places.begin(), places.end(), by_text);
  auto words = std::make_unique<SortedWords>();
  for (const std::uint32_t place : places) words->texts.push_back(table.name(place));
  words->places = std::move(places);
  return words;
}

bool refuses_all(const Plan& plan, NodeId id) {
  return id != kNoNode && plan.nodes[id].refuses_all;
}

/// Closed: without a schema for the name no member may be there.
bool is_closed(const Plan& plan, const ObjectRules& rules) {
  return refuses_all(plan, rules.additional) && rules.patterns.empty();
}

std::unique_ptr<const SortedWords> allowed_names(const Plan& plan, const ObjectRules& rules) {
  std::vector<std::uint32_t> places;
  for (std::uint32_t place = 0; place < rules.members.size(); ++place) {
    const NodeId schema = rules.members[place];
    if (schema != kNoNode && !refuses_all(plan, schema)) places.push_back(place);
  }
  return sorted(rules.names, std::move(places));
}

std::unique_ptr<const SortedWords> all_words(const NameTable& table) {
  std::vector<std::uint32_t> places(table.size());
  std::iota(places.begin(), places.end(), 0U);
  return sorted(table, std::move(places));
}

}  // namespace

PrefixPlan::PrefixPlan(const Plan& plan)
    : plan_(&plan), names_(plan.nodes.size()), values_(plan.nodes.size()) {
  for (std::size_t id = 0; id < plan.nodes.size(); ++id) {
    const Node& node = plan.nodes[id];
    if (node.object && is_closed(plan, *node.object)) {
      names_[id] = allowed_names(plan, *node.object);
    }
    if (node.values) values_[id] = all_words(node.values->texts);
  }
}

}  // namespace penstock::schema
