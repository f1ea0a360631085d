#include "schema/analysis.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::schema {

namespace {

using simdjson::dom::element;

constexpr int kMaxChain = 32;

void for_each_in_place(const Node& node, const auto& fn) {
  if (!node.in_place) return;
  const InPlaceRules& rules = *node.in_place;
  std::vector<NodeId> ids = rules.all;
  for (const Choice& choice : rules.choices) {
    ids.insert(ids.end(), choice.branches.begin(), choice.branches.end());
  }
  ids.push_back(rules.negated);
  if (rules.condition) {
    ids.push_back(rules.condition->test);
    ids.push_back(rules.condition->then);
    ids.push_back(rules.condition->otherwise);
  }
  for (const Dependency& dependency : rules.dependencies) ids.push_back(dependency.schema);
  // Where else it may lead is known only on the way; the bound on nesting holds there.
  if (rules.dynamic) ids.push_back(rules.dynamic->target);
  for (const NodeId id : ids) {
    if (id != kNoNode) fn(id);
  }
}

// The longest chain of schemas that starts at each node; a loop shows as a chain that is too long.
class ChainLengths {
 public:
  explicit ChainLengths(const std::vector<Node>& nodes) : nodes_(nodes), lengths_(nodes.size()) {}

  // Gives up beyond kMaxChain, so that its own recursion is bounded as well.
  int from(NodeId id, int above = 0) {
    if (lengths_[id] > 0) return lengths_[id];
    int longest = 0;
    if (above <= kMaxChain) {
      for_each_in_place(nodes_[id],
                        [&](NodeId next) { longest = std::max(longest, from(next, above + 1)); });
    }
    // Capped, as a loop adds to itself at every turn.
    const int length = above > kMaxChain ? kMaxChain + 1 : std::min(longest, kMaxChain) + 1;
    lengths_[id] = length;
    return length;
  }

 private:
  const std::vector<Node>& nodes_;
  std::vector<int> lengths_;
};

TypeSet types_taken(const Node& node) {
  if (node.refuses_all) return 0;
  if (!node.values) return node.types;
  TypeSet types = 0;
  for (const element value : node.values->all) types |= Instance::of(value).type;
  return node.types & types;
}

// The texts that a member must have one of, if it is there; empty: it is not so constrained.
std::vector<std::string_view> constant_texts(const Node& node) {
  std::vector<std::string_view> texts;
  if (!node.values) return texts;
  for (const element value : node.values->all) {
    if (!value.is_string()) return {};
    texts.push_back(value.get_string().value_unsafe());
  }
  return texts;
}

// The member `name` as a tag of all these branches, if it is one.
std::optional<Tag> tag_named(std::string_view name, const std::vector<NodeId>& branches,
                             const std::vector<Node>& nodes) {
  Tag tag;
  tag.name = name;
  tag.required = true;
  std::vector<std::string_view> values;
  std::set<std::string_view> distinct;
  for (const NodeId branch : branches) {
    if (!nodes[branch].object) return std::nullopt;
    const ObjectRules& rules = *nodes[branch].object;
    const std::uint32_t place = rules.names.find(name);
    if (place == NameTable::kNone || rules.members[place] == kNoNode) return std::nullopt;
    const auto texts = constant_texts(nodes[rules.members[place]]);
    if (texts.empty()) return std::nullopt;
    for (const std::string_view text : texts) {
      if (!distinct.insert(text).second) return std::nullopt;
      values.push_back(text);
      tag.branches.push_back(branch);
    }
    tag.required =
        tag.required && std::binary_search(rules.required.begin(), rules.required.end(), place);
  }
  tag.values = NameTable(std::move(values));
  return tag;
}

std::optional<Tag> find_tag(const std::vector<NodeId>& branches, const std::vector<Node>& nodes) {
  if (branches.size() < 2 || !nodes[branches.front()].object) return std::nullopt;
  for (const std::string_view name : nodes[branches.front()].object->names.names()) {
    if (auto tag = tag_named(name, branches, nodes)) return tag;
  }
  return std::nullopt;
}

void prepare(Choice& choice, const std::vector<Node>& nodes) {
  for (std::size_t bit = 0; bit < kTypeCount; ++bit) {
    for (const NodeId branch : choice.branches) {
      if (types_taken(nodes[branch]) & (1u << bit)) choice.by_type[bit].push_back(branch);
    }
  }
  choice.tag = find_tag(choice.by_type[index_of(kObject)], nodes);
}

}  // namespace

Result<void> check_termination(const std::vector<Node>& nodes) {
  ChainLengths lengths(nodes);
  for (NodeId id = 0; id < nodes.size(); ++id) {
    if (lengths.from(id) > kMaxChain) {
      return internal_error("at " + (nodes[id].path.empty() ? "/" : nodes[id].path) +
                            ": applies itself, or too many others, to the same instance");
    }
  }
  return {};
}

void find_free_types(std::vector<Node>& nodes) {
  for (Node& node : nodes) {
    if (node.refuses_all || node.values || node.in_place || node.unevaluated) continue;
    TypeSet ruled = 0;
    if (node.number) ruled |= kNumber;
    if (node.string) ruled |= kString;
    if (node.array) ruled |= kArray;
    if (node.object) ruled |= kObject;
    node.free = static_cast<TypeSet>(node.types & ~ruled);
  }
}

void prepare_choices(std::vector<Node>& nodes) {
  for (Node& node : nodes) {
    if (!node.in_place) continue;
    for (Choice& choice : node.in_place->choices) prepare(choice, nodes);
  }
}

}  // namespace penstock::schema
