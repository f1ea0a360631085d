#include "interceptors/json_schema/rule_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/diagnostics.h"
#include "schema/builtin.h"

namespace penstock::json_schema {

namespace {

using config::Diagnostics;
using config::MapReader;
using config::Node;

enum class Word { kBuiltin, kNone };

/// The routes that bodies are sent to.
std::vector<Route> routes_with_bodies() {
  std::vector<Route> routes;
  for (std::size_t i = 0; i < kRouteCount; ++i) {
    if (static_cast<Route>(i) != Route::kModels) routes.push_back(static_cast<Route>(i));
  }
  return routes;
}

bool has_builtin(Route route) {
  const auto& names = schema::kBuiltinNames;
  return std::find(names.begin(), names.end(), to_string(route)) != names.end();
}

std::vector<Route> routes_with_builtin() {
  std::vector<Route> routes = routes_with_bodies();
  std::erase_if(routes, [](Route route) { return !has_builtin(route); });
  return routes;
}

std::optional<Route> find_route(std::string_view name) {
  for (const Route route : routes_with_bodies()) {
    if (name == to_string(route)) return route;
  }
  return std::nullopt;
}

std::string unknown_route(std::string_view name) {
  std::vector<std::string> known;
  for (const Route route : routes_with_bodies()) known.emplace_back(to_string(route));
  return "expected the name of a route; " + config::suggestion(name, known);
}

/// What a list of one or more texts holds, each with its place. A single text counts as a list.
std::vector<const Node*> texts_of(const Node& node, Diagnostics& diagnostics) {
  std::vector<const Node*> items;
  if (node.kind == Node::Kind::kScalar) items.push_back(&node);
  for (const Node& item : node.items) items.push_back(&item);
  if (items.empty()) {
    diagnostics.error(node, "expected a list of names, `[a, b]`; leave it out where all are meant");
  }
  std::erase_if(items, [&](const Node* item) {
    const bool bad = item->kind != Node::Kind::kScalar || item->scalar.empty();
    if (bad) diagnostics.error(*item, "expected a name");
    return bad;
  });
  return items;
}

/// The routes that `routes` names, or those.
std::vector<Route> read_routes(MapReader& map, std::vector<Route> fallback) {
  const Node* node = map.find("routes");
  if (node == nullptr) return fallback;
  std::vector<Route> routes;
  for (const Node* item : texts_of(*node, map.diagnostics())) {
    if (const auto route = find_route(item->scalar)) {
      routes.push_back(*route);
    } else {
      map.diagnostics().error(*item, unknown_route(item->scalar));
    }
  }
  return routes;
}

std::vector<std::string> read_models(MapReader& map) {
  const Node* node = map.find("models");
  std::vector<std::string> models;
  if (node == nullptr) return models;
  for (const Node* item : texts_of(*node, map.diagnostics())) models.push_back(item->scalar);
  std::sort(models.begin(), models.end());
  return models;
}

std::optional<Word> find_word(std::string_view word) {
  if (word == "builtin") return Word::kBuiltin;
  if (word == "none") return Word::kNone;
  return std::nullopt;
}

void fill(ReadRule& rule, Word word, const std::vector<Route>& routes, const Node& at,
          SchemaReader& schemas) {
  for (const Route route : routes) {
    auto& place = rule.schemas[index_of(route)];
    if (word == Word::kNone) {
      place.emplace();
    } else if (has_builtin(route)) {
      place = schemas.builtin(to_string(route));
    } else {
      schemas.diagnostics().error(at, "there is no built-in schema of `" +
                                          std::string(to_string(route)) +
                                          "`; leave it out of `routes`, or name a `file`");
    }
  }
}

std::vector<Route> default_routes(Word word) {
  return word == Word::kNone ? routes_with_bodies() : routes_with_builtin();
}

void read_use(const Node& node, MapReader& map, ReadRule& rule, SchemaReader& schemas) {
  const auto word = find_word(node.scalar);
  if (!word) {
    map.diagnostics().error(node, "expected `builtin` or `none`");
    return;
  }
  fill(rule, *word, read_routes(map, default_routes(*word)), node, schemas);
}

/// Exactly one of the members that may say which schema it is; nullptr, reported, otherwise.
const Node* only_one(MapReader& map, const std::vector<std::string>& names) {
  const Node* found = nullptr;
  for (const std::string& name : names) {
    const Node* member = map.find(name);
    if (member == nullptr) continue;
    if (found != nullptr) {
      map.diagnostics().error(*member,
                              config::quoted_list(names) + " exclude each other; keep one");
      return nullptr;
    }
    found = member;
  }
  const auto kind = map.node().kind;
  if (found == nullptr && (kind == Node::Kind::kMap || kind == Node::Kind::kNull)) {
    map.diagnostics().error(map.node(),
                            "expected one of " + config::quoted_list(names) + " in a rule");
  }
  return found;
}

void read_map(MapReader& map, RuleKind kind, ReadRule& rule, SchemaReader& schemas) {
  std::vector<std::string> names{"file", "schema"};
  if (kind == RuleKind::kRequest) names.insert(names.begin(), "use");
  const Node* source = only_one(map, names);
  rule.models = read_models(map);
  if (source != nullptr && source == map.find(names.front()) && kind == RuleKind::kRequest) {
    read_use(*source, map, rule, schemas);
    return;
  }
  const auto routes =
      read_routes(map, kind == RuleKind::kRequest ? std::vector<Route>{Route::kChatCompletions}
                                                  : routes_with_builtin());
  if (source == nullptr) return;
  const auto schema = source == map.find("file") ? schemas.file(*source) : schemas.written(*source);
  for (const Route route : routes) rule.schemas[index_of(route)] = schema;
}

}  // namespace

std::optional<ReadRule> read_rule(const Node& node, RuleKind kind, SchemaReader& schemas) {
  Diagnostics& diagnostics = schemas.diagnostics();
  const std::size_t errors_before = diagnostics.list().size();
  ReadRule rule;
  if (node.kind == Node::Kind::kMap) {
    MapReader map(node, diagnostics);
    read_map(map, kind, rule, schemas);
  } else if (kind == RuleKind::kAlso) {
    diagnostics.error(node, "expected `{file: PATH}` or `{schema: {...}}`");
  } else if (const auto word = find_word(node.scalar)) {
    fill(rule, *word, default_routes(*word), node, schemas);
  } else {
    diagnostics.error(node, "expected `builtin`, `none` or `{file: PATH}`");
  }
  if (diagnostics.list().size() != errors_before) return std::nullopt;
  return rule;
}

ReadRule builtin_rule(SchemaReader& schemas) {
  ReadRule rule;
  fill(rule, Word::kBuiltin, routes_with_builtin(), {}, schemas);
  return rule;
}

}  // namespace penstock::json_schema
