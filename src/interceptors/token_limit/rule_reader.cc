#include "interceptors/token_limit/rule_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "interceptors/token_limit/text.h"
#include "limits/calendar.h"

namespace penstock::token_limit {

namespace {

using config::MapReader;
using config::Node;
using limits::Algorithm;
using limits::Period;
using limits::Unit;

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxDimensions = 4;
constexpr std::uint64_t kMaxWeight = 1000;
constexpr std::string_view kHeaderPrefix = "header:";

struct UnitKey {
  std::string_view key;
  Unit unit;
};
constexpr std::array kUnitKeys{
    UnitKey{"tokens", Unit::kTokens},
    UnitKey{"input_tokens", Unit::kInputTokens},
    UnitKey{"output_tokens", Unit::kOutputTokens},
    UnitKey{"requests", Unit::kRequests},
    UnitKey{"concurrency", Unit::kConcurrent},
    UnitKey{"dollars", Unit::kNanodollars},
};

bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [kMarks](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

std::optional<Dimension> dimension_of(const std::string& word) {
  using Kind = Dimension::Kind;
  if (word == "key") return Dimension{Kind::kKey};
  if (word == "model") return Dimension{Kind::kModel};
  if (word == "user") return Dimension{Kind::kUser};
  if (word == "upstream") return Dimension{Kind::kUpstream};
  if (!word.starts_with(kHeaderPrefix)) return std::nullopt;
  std::string name = word.substr(kHeaderPrefix.size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (!is_header_name(name)) return std::nullopt;
  return Dimension{Kind::kHeader, std::move(name)};
}

void read_scope(MapReader& map, Rule& rule) {
  const Node* node = map.required("per");
  if (node == nullptr) return;
  const std::vector<std::string> words = map.texts("per");
  if (words == std::vector<std::string>{"global"}) return;
  for (const std::string& word : words) {
    auto dimension = dimension_of(word);
    if (!dimension || words.size() > kMaxDimensions) {
      map.diagnostics().error(*node,
                              "expected `key`, `model`, `user`, `upstream`, `header:NAME`, a list "
                              "of up to four of them, or `global`");
      return;
    }
    if (std::find(rule.per.begin(), rule.per.end(), *dimension) != rule.per.end()) {
      map.diagnostics().error(*node, "`" + word + "` is given twice");
      return;
    }
    rule.per.push_back(std::move(*dimension));
  }
  if (rule.per.empty()) map.diagnostics().error(*node, "expected at least one word, or `global`");
  std::sort(rule.per.begin(), rule.per.end(), [](const Dimension& a, const Dimension& b) {
    return std::tie(a.kind, a.header) < std::tie(b.kind, b.header);
  });
}

void check_capacity(MapReader& map, const Node& node, const Rule& rule) {
  if (!config::parse_count(node.scalar)) return;  // reported
  if (rule.limit.capacity == 0) {
    map.diagnostics().error(node,
                            "must be > 0; to refuse a key or a model, leave it out of `keys` or "
                            "`models`");
  } else if (rule.limit.capacity > limits::kMaxCapacity) {
    map.diagnostics().error(node, "must be at most " + short_count(limits::kMaxCapacity));
  }
}

void read_dollars(MapReader& map, const Node& node, Rule& rule) {
  const auto amount = money::parse_dollars(map.text("dollars"));
  if (amount && *amount > 0) {
    rule.limit.capacity = *amount;
  } else if (node.kind == Node::Kind::kScalar) {  // else reported
    map.diagnostics().error(node,
                            "expected dollars such as 25 or 12.50, more than 0 and at most a "
                            "million");
  }
}

void read_capacity(MapReader& map, Rule& rule) {
  const Node* chosen = nullptr;
  for (const UnitKey& unit : kUnitKeys) {
    const Node* node = map.find(unit.key);
    if (node == nullptr) continue;
    if (chosen != nullptr) {
      map.diagnostics().error(*node, "one limit counts one thing; make another limit of it");
      continue;
    }
    chosen = node;
    rule.limit.unit = unit.unit;
    if (unit.unit == Unit::kNanodollars) {
      read_dollars(map, *node, rule);
      continue;
    }
    rule.limit.capacity = map.count(unit.key, 0);
    check_capacity(map, *node, rule);
  }
  if (chosen == nullptr) {
    map.diagnostics().error(map.node(),
                            "needs one of `tokens`, `input_tokens`, `output_tokens`, `requests`, "
                            "`concurrency`, `dollars`");
  }
}

void read_every(MapReader& map, const Node& node, Rule& rule) {
  rule.limit.every = map.duration("every", {});
  if (!config::parse_duration(node.scalar)) return;  // reported
  if (rule.limit.every.count() == 0) {
    map.diagnostics().error(node, "must be > 0; write a time such as 1m or 1h");
  } else if (rule.limit.every > limits::kMaxWindow) {
    map.diagnostics().error(node, "must be at most " + short_duration(limits::kMaxWindow));
  }
}

void read_each(MapReader& map, const Node& node, Rule& rule) {
  const std::size_t errors_before = map.diagnostics().list().size();
  const auto period = static_cast<Period>(map.choice("each", {"hour", "day", "week", "month"}, 0));
  const std::string zone = map.text("time_zone", "UTC");
  if (map.diagnostics().list().size() != errors_before) return;
  rule.limit.algorithm = Algorithm::kCalendar;
  auto calendar = limits::Calendar::create(period, zone);
  if (calendar) {
    rule.limit.calendar = std::move(*calendar);
  } else {
    const Node* place = map.find("time_zone");
    map.diagnostics().error(place == nullptr ? node : *place, calendar.error().public_message);
  }
}

void read_window(MapReader& map, Rule& rule) {
  const Node* every = map.find("every");
  const Node* each = map.find("each");
  const Node* zone = map.find("time_zone");
  const bool is_log = map.choice("algorithm", {"bucket", "log"}, 0) == 1;
  const Node* algorithm = map.find("algorithm");
  if (rule.limit.unit == Unit::kConcurrent) {
    rule.limit.algorithm = Algorithm::kSlots;
    for (const Node* node : {every, each, zone, algorithm}) {
      if (node == nullptr) continue;
      map.diagnostics().error(*node, "a limit on concurrency has no window; leave this out");
    }
    return;
  }
  if ((every == nullptr) == (each == nullptr)) {
    map.diagnostics().error(map.node(),
                            "needs either `every` (such as 1m: comes back evenly) or `each` (hour, "
                            "day, week or month: comes back when the next one begins)");
    return;
  }
  if (each != nullptr) {
    if (algorithm != nullptr) {
      map.diagnostics().error(*algorithm, "goes with `every`, not with `each`");
    }
    read_each(map, *each, rule);
    return;
  }
  if (zone != nullptr) map.diagnostics().error(*zone, "goes with `each`, not with `every`");
  if (is_log) rule.limit.algorithm = Algorithm::kLog;
  read_every(map, *every, rule);
}

void read_weight(MapReader& weights, std::string_view key, std::uint32_t& weight) {
  const std::uint64_t value = weights.count(key, weight);
  if (value > kMaxWeight) {
    weights.diagnostics().error(*weights.find(key),
                                "must be at most " + std::to_string(kMaxWeight));
    return;
  }
  weight = static_cast<std::uint32_t>(value);
}

void read_weights(MapReader& map, Rule& rule) {
  const Node* node = map.find("weights");
  if (node == nullptr) return;
  if (rule.limit.unit != Unit::kTokens) {
    map.diagnostics().error(*node, "goes with `tokens` only");
    return;
  }
  MapReader weights(*node, map.diagnostics());
  read_weight(weights, "input", rule.weights.input);
  rule.weights.cached = rule.weights.input;
  read_weight(weights, "cached", rule.weights.cached);
  read_weight(weights, "output", rule.weights.output);
  if (rule.weights.input == 0 && rule.weights.output == 0) {
    map.diagnostics().error(*node, "input or output must count something");
  }
}

void read_exhaustion(MapReader& map, Rule& rule) {
  const Node* node = map.find("on_exhausted");
  rule.cut = map.choice("on_exhausted", {"finish", "cut"}, 0) == 1;
  if (node != nullptr && !depends_on_output(rule)) {
    map.diagnostics().error(*node, "goes with limits that count output");
  }
}

std::string name_of(const Dimension& dimension) {
  constexpr std::array<const char*, 4> kNames{"key", "model", "user", "upstream"};
  if (dimension.kind == Dimension::Kind::kHeader)
    return std::string(kHeaderPrefix) + dimension.header;
  return kNames[static_cast<std::size_t>(dimension.kind)];
}

std::string default_name(const Rule& rule) {
  std::string name = describe_amount(rule.limit.unit, rule.limit.capacity);
  for (std::size_t i = 0; i < rule.per.size(); ++i) {
    name += (i == 0 ? " per " : " and ") + name_of(rule.per[i]);
  }
  return name + window_text(rule.limit);
}

void read_store_failure(MapReader& map, Rule& rule) {
  using limits::OnStoreFailure;
  constexpr std::array kPolicies{OnStoreFailure::kLocal, OnStoreFailure::kOpen,
                                 OnStoreFailure::kClosed};
  rule.limit.on_store_failure =
      kPolicies[map.choice("on_store_failure", {"local", "open", "closed"}, 0)];
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

/// Everything that makes a limit what it is, but for its name.
std::string prefix_of(const Rule& rule) {
  constexpr std::string_view kUnits = "rtio$c";
  constexpr std::string_view kAlgorithms = "bwps";
  std::string prefix{kUnits[static_cast<std::size_t>(rule.limit.unit)],
                     kAlgorithms[static_cast<std::size_t>(rule.limit.algorithm)]};
  for (const Dimension& dimension : rule.per) prefix += "," + name_of(dimension);
  prefix += "/" + std::to_string(rule.limit.capacity) + "/";
  if (rule.limit.calendar) {
    prefix +=
        std::string(to_string(rule.limit.calendar->period())) + " " + rule.limit.calendar->zone();
  } else {
    prefix += std::to_string(rule.limit.every.count());
  }
  if (rule.weights != Weights()) {
    prefix += "/" + std::to_string(rule.weights.input) + "," + std::to_string(rule.weights.cached) +
              "," + std::to_string(rule.weights.output);
  }
  return prefix + "/";
}

bool same_window(const Rule& a, const Rule& b) {
  if (a.limit.algorithm != b.limit.algorithm || a.limit.every != b.limit.every) return false;
  if (!a.limit.calendar || !b.limit.calendar) return !a.limit.calendar && !b.limit.calendar;
  return a.limit.calendar->period() == b.limit.calendar->period() &&
         a.limit.calendar->zone() == b.limit.calendar->zone();
}

}  // namespace

Rule read_rule(const Node& item, config::Diagnostics& diagnostics) {
  MapReader map(item, diagnostics);
  Rule rule;
  read_scope(map, rule);
  read_capacity(map, rule);
  read_window(map, rule);
  read_weights(map, rule);
  read_exhaustion(map, rule);
  read_store_failure(map, rule);
  read_name(map, rule);
  rule.prefix = prefix_of(rule);
  return rule;
}

void report_repetition(const Rule& rule, const std::vector<Rule>& before, const Node& item,
                       config::Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Rule& other = before[i];
    const std::string place = "limits[" + std::to_string(i) + "]";
    if (rule.per == other.per && rule.limit.unit == other.limit.unit &&
        rule.weights == other.weights && same_window(rule, other)) {
      diagnostics.error(item, place + " has the same `per`, unit and window; keep the smaller one");
      return;
    }
    if (rule.limit.name == other.limit.name) {
      diagnostics.error(item, place + " has the same name; names must be unique");
      return;
    }
  }
}

}  // namespace penstock::token_limit
