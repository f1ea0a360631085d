// The reading of config/models/prices.yaml.

#include "config/bounded.h"
#include "config/yaml.h"
#include "money/prices.h"

namespace penstock::money {

namespace {

using config::Diagnostics;
using config::MapReader;
using config::Node;

constexpr std::uint64_t kMostInput = 1'000'000'000;  // tokens
constexpr std::size_t kMostSteps = 8;

Picodollars price(MapReader& map, std::string_view key, Picodollars fallback) {
  const Node* node = map.find(key);
  if (node == nullptr) return fallback;
  const auto value = node->kind == Node::Kind::kScalar ? parse_price(node->scalar) : std::nullopt;
  if (value) return *value;
  map.diagnostics().error(*node,
                          "expected dollars for a million tokens, from 0 to 10000, with at most "
                          "six digits behind the point");
  return fallback;
}

Picodollars required_price(MapReader& map, std::string_view key) {
  map.required(key);
  return price(map, key, 0);
}

Rates read_rates(MapReader& map) {
  Rates rates;
  rates.input = required_price(map, "input");
  rates.cached = price(map, "cached", rates.input);
  rates.output = required_price(map, "output");
  rates.reasoning = price(map, "reasoning", rates.output);
  return rates;
}

ModelPrice::LongContext read_step(const Node& node, Diagnostics& diagnostics) {
  MapReader map(node, diagnostics);
  ModelPrice::LongContext step;
  map.required("above");
  step.above = config::bounded_count(map, "above", 0, {1, kMostInput});
  step.rates = read_rates(map);
  return step;
}

void read_steps(MapReader& map, std::vector<ModelPrice::LongContext>& steps) {
  const Node* node = map.find("long_context");
  if (node == nullptr) return;
  if (node->kind != Node::Kind::kList || node->items.size() > kMostSteps) {
    map.diagnostics().error(*node, "expected a list of at most " + std::to_string(kMostSteps) +
                                       " prices such as {above: 200k, input: 6, output: 22.5}");
    return;
  }
  for (const Node& item : node->items) {
    const ModelPrice::LongContext step = read_step(item, map.diagnostics());
    if (!steps.empty() && step.above <= steps.back().above) {
      map.diagnostics().error(item, "`above` must be larger than in the item before");
    }
    steps.push_back(step);
  }
}

}  // namespace

class PricesReader {
 public:
  PricesReader(Prices& prices, Diagnostics& diagnostics)
      : prices_(prices), diagnostics_(diagnostics) {}

  void read(const Node& root) {
    MapReader map(root, diagnostics_);
    const Node* list = map.required("prices");
    if (list == nullptr) return;
    if (list->kind != Node::Kind::kList) {
      diagnostics_.error(*list,
                         "expected a list of prices such as {models: [house-*], input: 0.5, "
                         "output: 1}");
      return;
    }
    for (const Node& item : list->items) read_price(item);
  }

 private:
  void read_price(const Node& node) {
    MapReader map(node, diagnostics_);
    ModelPrice found;
    prices_.names_.read(map, prices_.prices_.size());
    found.rates = read_rates(map);
    read_steps(map, found.long_context);
    prices_.prices_.push_back(std::move(found));
  }

  Prices& prices_;
  Diagnostics& diagnostics_;
};

Prices Prices::parse(std::string_view yaml, std::string_view file, Diagnostics& diagnostics) {
  Prices prices;
  if (const auto root = config::parse_yaml(yaml, file, diagnostics)) {
    PricesReader(prices, diagnostics).read(*root);
  }
  return prices;
}

}  // namespace penstock::money
