#include "interceptors/token_limit/options.h"

#include <string>
#include <utility>

#include "interceptors/token_limit/rule_reader.h"

namespace penstock::token_limit {

namespace {

constexpr std::size_t kMaxRules = 16;

}  // namespace

Options Options::parse(const config::Node& node, config::Diagnostics& diagnostics) {
  config::MapReader map(node, diagnostics);
  Options options;
  const config::Node* list = map.required("limits");
  if (list == nullptr) return options;
  if (list->kind != config::Node::Kind::kList || list->items.empty() ||
      list->items.size() > kMaxRules) {
    diagnostics.error(*list, "expected a list of 1 to " + std::to_string(kMaxRules) +
                                 " limits, `[{per: key, tokens: 100k, every: 1m}]`");
    return options;
  }
  for (const config::Node& item : list->items) {
    if (item.kind != config::Node::Kind::kMap) {
      diagnostics.error(item, "expected a map such as `{per: key, tokens: 100k, every: 1m}`");
      continue;
    }
    const std::size_t errors_before = diagnostics.list().size();
    Rule rule = read_rule(item, diagnostics);
    if (diagnostics.list().size() != errors_before) continue;
    report_repetition(rule, options.rules, item, diagnostics);
    options.rules.push_back(std::move(rule));
  }
  return options;
}

}  // namespace penstock::token_limit
