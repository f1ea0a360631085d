#include "schema/compiler.h"

#include <utility>

#include "schema/analysis.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// How many $refs may lead from one to the next with nothing between them.
constexpr int kMaxHops = 32;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::size_t kMaxPathBytes = std::size_t{32} << 20;

}  // namespace

Result<std::unique_ptr<Plan>> compile_plan(std::string_view text, const CompileOptions& options) {
  auto exact = ExactText::parse(text);
  if (!exact) {
    return internal_error("the schema cannot be read: " + exact.error().public_message);
  }
  auto plan = std::make_unique<Plan>();
  TRY_VOID(Compiler(options, *plan).run(std::make_shared<const ExactText>(std::move(*exact))));
  TRY_VOID(check_termination(plan->nodes));
  find_free_types(plan->nodes);
  prepare_choices(plan->nodes);
  return plan;
}

Result<void> Compiler::run(std::shared_ptr<const ExactText> text) {
  Place root = TRY(catalogue_.add_root(std::move(text)));
  TRY(node_at(std::move(root)));
  TRY_VOID(compile_queue());
  return compile_dynamic_anchors();
}

Result<void> Compiler::compile_queue() {
  while (!queue_.empty()) {
    Task task = std::move(queue_.front());
    queue_.pop_front();
    here_ = std::move(task.place);
    Node node;
    node.path = here_.path;
    node.resource = here_.resource;
    TRY_VOID(compile(here_, node));
    plan_.nodes[task.id] = std::move(node);
  }
  return {};
}

// What an anchor leads to may mention further anchors, and documents with more of them.
Result<void> Compiler::compile_dynamic_anchors() {
  std::size_t before = 0;
  do {
    before = plan_.nodes.size();
    for (std::size_t i = 0; i < dynamic_names_.size(); ++i) {
      const std::string name = dynamic_names_[i];
      for (auto& [resource, place] : catalogue_.dynamic_anchors(name)) {
        const NodeId id = TRY(node_at(place));
        plan_.dynamic_anchors[i].emplace(resource, id);
      }
      TRY_VOID(compile_queue());
    }
  } while (plan_.nodes.size() != before);
  return {};
}

// Of the same resource only, since a resource that is passed through counts for $dynamicRef.
Result<Place> Compiler::behind_references(Place place) {
  for (int hops = 0; place.schema.is_object(); ++hops) {
    const object schema = place.schema.get_object().value_unsafe();
    if (schema.at_key("$ref").error() != simdjson::SUCCESS) break;
    const std::string path = place.path;
    const Dialect dialect = catalogue_.resource(place.resource).dialect;
    const Keywords keywords = TRY(Keywords::open(schema, path, dialect, nullptr));
    if (!keywords.only_refers()) break;
    if (hops == kMaxHops) return keywords.error("$ref", "too many references in a row");
    const auto text = TRY(keywords.text("$ref"));
    auto target = catalogue_.resolve(place.resource, *text);
    if (!target) return keywords.error("$ref", target.error().detail);
    if (target->resource != place.resource) break;
    place = std::move(*target);
  }
  return place;
}

Result<NodeId> Compiler::node_at(Place place) {
  place = TRY(behind_references(std::move(place)));
  const char* const identity = identity_of(place.schema);
  if (const auto known = known_.find(identity); identity != nullptr && known != known_.end()) {
    return known->second;
  }
  const auto id = static_cast<NodeId>(plan_.nodes.size());
  path_bytes_ += place.path.size();
  if (id == kMaxNodes || path_bytes_ > kMaxPathBytes) {
    return internal_error("the schema is too large");
  }
  if (identity != nullptr) known_.emplace(identity, id);
  plan_.nodes.emplace_back().path = place.path;
  queue_.push_back({id, std::move(place)});
  return id;
}

Result<void> Compiler::compile(const Place& place, Node& node) {
  const element schema = place.schema;
  if (schema.is_bool()) {
    node.refuses_all = !schema.get_bool().value_unsafe();
    return {};
  }
  if (!schema.is_object()) {
    return internal_error("at " + place.path + ": a schema is an object or a boolean");
  }
  const Dialect dialect = catalogue_.resource(place.resource).dialect;
  const Keywords keywords =
      TRY(Keywords::open(schema.get_object().value_unsafe(), place.path, dialect, &plan_.warnings));
  TRY_VOID(read_definitions(keywords, "$defs"));
  TRY_VOID(read_definitions(keywords, "definitions"));
  TRY_VOID(read_types(keywords, node));
  TRY_VOID(read_values(keywords, node));
  TRY_VOID(read_number_rules(keywords, node));
  TRY_VOID(read_string_rules(keywords, patterns_, node));
  TRY_VOID(read_array_rules(keywords, node));
  TRY_VOID(read_object_rules(keywords, node));
  TRY_VOID(read_in_place_rules(keywords, node));
  return read_unevaluated(keywords, node);
}

Result<NodeId> Compiler::child_at(std::string path, element schema) {
  return node_at(catalogue_.below(here_, schema, std::move(path)));
}

Result<NodeId> Compiler::child(const Keywords& keywords, std::string_view keyword) {
  const auto schema = keywords.find(keyword);
  if (!schema) return kNoNode;
  return child_at(keywords.path_of(keyword), *schema);
}

Result<std::vector<NodeId>> Compiler::children(const Keywords& keywords, std::string_view keyword) {
  std::vector<NodeId> ids;
  const auto schemas = TRY(keywords.list(keyword));
  if (!schemas) return ids;
  for (const element schema : *schemas) {
    ids.push_back(TRY(child_at(keywords.path_of(keyword, std::to_string(ids.size())), schema)));
  }
  if (ids.empty()) return keywords.error(keyword, "expected at least one schema");
  return ids;
}

// What nothing refers to is compiled all the same, so that its mistakes are told.
Result<void> Compiler::read_definitions(const Keywords& keywords, std::string_view keyword) {
  const auto definitions = TRY(keywords.map(keyword));
  if (!definitions) return {};
  for (const auto [name, schema] : *definitions) {
    TRY(child_at(keywords.path_of(keyword, name), schema));
  }
  return {};
}

Result<void> Compiler::read_unevaluated(const Keywords& keywords, Node& node) {
  auto rules = std::make_unique<UnevaluatedRules>();
  rules->items = TRY(child(keywords, "unevaluatedItems"));
  rules->properties = TRY(child(keywords, "unevaluatedProperties"));
  if (rules->items != kNoNode || rules->properties != kNoNode) node.unevaluated = std::move(rules);
  return {};
}

}  // namespace penstock::schema
