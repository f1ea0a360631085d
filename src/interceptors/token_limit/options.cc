#include "interceptors/token_limit/options.h"

#include <chrono>
#include <string>
#include <utility>

#include "interceptors/token_limit/rule_reader.h"

namespace penstock::token_limit {

namespace {

constexpr std::size_t kMaxRules = 16;

constexpr std::uint64_t kMostWaiting = 100'000;

std::optional<limits::QueueOptions> read_queue(config::MapReader& map) {
  const config::Node* node = map.find("queue");
  if (node == nullptr) return std::nullopt;
  limits::QueueOptions queue;
  config::MapReader options(*node, map.diagnostics());
  queue.max_wait = options.duration("max_wait", queue.max_wait);
  if (queue.max_wait.count() == 0 || queue.max_wait > kMostWait) {
    map.diagnostics().error(*options.find("max_wait"), "must be > 0 and at most 10m");
  }
  const std::uint64_t size = options.count("max_size", queue.max_size);
  if (size == 0 || size > kMostWaiting) {
    map.diagnostics().error(*options.find("max_size"), "must be > 0 and at most 100k");
  }
  queue.max_size = static_cast<std::size_t>(size);
  return queue;
}

}  // namespace

Options Options::parse(const config::Node& node, config::Diagnostics& diagnostics) {
  config::MapReader map(node, diagnostics);
  Options options;
  options.store = read_store(map);
  options.queue = read_queue(map);
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
