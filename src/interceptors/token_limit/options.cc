#include "interceptors/token_limit/options.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "interceptors/token_limit/text.h"

namespace penstock::token_limit {
namespace {

using config::Diagnostics;
using config::MapReader;
using config::Node;

constexpr std::size_t kMaxRules = 16;
constexpr std::size_t kMaxNameBytes = 64;

void read_scope(MapReader& map, Rule& rule) {
  const Node* node = map.required("per");
  if (node == nullptr) return;
  std::vector<std::string> words = map.texts("per");
  std::sort(words.begin(), words.end());
  using Words = std::vector<std::string>;
  rule.per_key = words == Words{"key"} || words == Words{"key", "model"};
  rule.per_model = words == Words{"model"} || words == Words{"key", "model"};
  if (!rule.per_key && !rule.per_model && words != Words{"global"}) {
    map.diagnostics().error(*node, "expected `key`, `model`, `global` or `[key, model]`");
  }
}

void read_capacity(MapReader& map, Rule& rule) {
  const Node* node = map.find("tokens");
  rule.limit.capacity = map.required_count("tokens");
  if (node == nullptr || !config::parse_count(node->scalar)) return;  // reported
  if (rule.limit.capacity == 0) {
    map.diagnostics().error(*node,
                            "must be > 0; to refuse a key or a model, leave it out of `keys` "
                            "or `models`");
  } else if (rule.limit.capacity > limits::kMaxCapacity) {
    map.diagnostics().error(*node, "must be at most " + short_count(limits::kMaxCapacity));
  }
}

void read_window(MapReader& map, Rule& rule) {
  const Node* node = map.find("every");
  rule.limit.every = map.required_duration("every");
  if (node == nullptr || !config::parse_duration(node->scalar)) return;  // reported
  if (rule.limit.every.count() == 0) {
    map.diagnostics().error(*node, "must be > 0; write a time such as 1m or 1h");
  } else if (rule.limit.every > limits::kMaxWindow) {
    map.diagnostics().error(*node, "must be at most " + short_duration(limits::kMaxWindow));
  }
}

std::string default_name(const Rule& rule) {
  std::string name = short_count(rule.limit.capacity) + " tokens";
  if (rule.per_key) name += rule.per_model ? " per key and model" : " per key";
  if (rule.per_model && !rule.per_key) name += " per model";
  return name + " per " + short_duration(rule.limit.every);
}

void read_name(MapReader& map, Rule& rule) {
  const Node* node = map.find("name");
  rule.limit.name = node == nullptr ? default_name(rule) : map.text("name");
  if (node == nullptr || node->kind != Node::Kind::kScalar) return;
  const std::string& name = rule.limit.name;
  const bool printable =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
  if (name.empty() || name.size() > kMaxNameBytes || !printable) {
    map.diagnostics().error(*node, "expected a name of 1 to " + std::to_string(kMaxNameBytes) +
                                       " printable ASCII characters");
  }
}

std::string bucket_prefix(const Rule& rule) {
  std::string prefix = rule.per_key ? "k" : "";
  if (rule.per_model) prefix += "m";
  prefix += "/" + std::to_string(rule.limit.capacity);
  return prefix + "/" + std::to_string(rule.limit.every.count()) + "/";
}

Rule read_rule(const Node& item, Diagnostics& diagnostics) {
  MapReader map(item, diagnostics);
  Rule rule;
  read_scope(map, rule);
  read_capacity(map, rule);
  read_window(map, rule);
  read_name(map, rule);
  rule.bucket_prefix = bucket_prefix(rule);
  return rule;
}

void report_repetition(const Rule& rule, const std::vector<Rule>& before, const Node& item,
                       Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Rule& other = before[i];
    const std::string place = "limits[" + std::to_string(i) + "]";
    if (rule.per_key == other.per_key && rule.per_model == other.per_model &&
        rule.limit.every == other.limit.every) {
      diagnostics.error(item, place + " has the same `per` and `every`; keep the smaller one");
      return;
    }
    if (rule.limit.name == other.limit.name) {
      diagnostics.error(item, place + " has the same name; names must be unique");
      return;
    }
  }
}

}  // namespace

Options Options::parse(const Node& node, Diagnostics& diagnostics) {
  MapReader map(node, diagnostics);
  Options options;
  const Node* list = map.required("limits");
  if (list == nullptr) return options;
  if (list->kind != Node::Kind::kList || list->items.empty() || list->items.size() > kMaxRules) {
    diagnostics.error(*list, "expected a list of 1 to " + std::to_string(kMaxRules) +
                                 " limits, `[{per: key, tokens: 100k, every: 1m}]`");
    return options;
  }
  for (const Node& item : list->items) {
    const std::size_t errors_before = diagnostics.list().size();
    Rule rule = read_rule(item, diagnostics);
    if (diagnostics.list().size() != errors_before) continue;
    report_repetition(rule, options.rules, item, diagnostics);
    options.rules.push_back(std::move(rule));
  }
  return options;
}

}  // namespace penstock::token_limit
