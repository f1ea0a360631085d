#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "penstock/result.h"

#include "schema/catalogue.h"
#include "schema/keywords.h"
#include "schema/plan.h"

namespace penstock::schema {

/// Turns a schema's text into a plan. Errors as in Schema::compile.
Result<std::unique_ptr<Plan>> compile_plan(std::string_view text, const CompileOptions& options);

/// Compiles schemas one by one, whatever refers to whatever: a schema that another one mentions
/// gets its number at once and is put into a queue.
class Compiler {
 public:
  /// `options` and `plan` outlive this.
  Compiler(const CompileOptions& options, Plan& plan)
      : catalogue_(options, plan.texts), plan_(plan) {}

  Result<void> run(std::shared_ptr<const ExactText> text);

 private:
  struct Task {
    NodeId id;
    Place place;
  };

  /// The number of the schema that stands there, or of the one that it merely refers to.
  Result<NodeId> node_at(Place place);
  Result<Place> behind_references(Place place);
  Result<void> compile_queue();
  Result<void> compile_dynamic_anchors();
  Result<void> compile(const Place& place, Node& node);

  // The keywords that mention other schemas. kNoNode: the keyword is absent.
  Result<NodeId> child(const Keywords& keywords, std::string_view keyword);
  Result<NodeId> child_at(std::string path, simdjson::dom::element schema);
  Result<std::vector<NodeId>> children(const Keywords& keywords, std::string_view keyword);
  Result<void> read_definitions(const Keywords& keywords, std::string_view keyword);
  Result<void> read_array_rules(const Keywords& keywords, Node& node);
  Result<void> read_items(const Keywords& keywords, ArrayRules& rules);
  Result<void> read_object_rules(const Keywords& keywords, Node& node);
  Result<void> read_properties(const Keywords& keywords, ObjectRules& rules);
  Result<void> read_patterns(const Keywords& keywords, ObjectRules& rules);
  Result<void> read_in_place_rules(const Keywords& keywords, Node& node);
  Result<void> read_references(const Keywords& keywords, InPlaceRules& rules);
  Result<void> read_dynamic_reference(const Keywords& keywords, InPlaceRules& rules);
  Result<void> read_choices(const Keywords& keywords, InPlaceRules& rules);
  Result<void> read_dependencies(const Keywords& keywords, InPlaceRules& rules);
  Result<void> read_unevaluated(const Keywords& keywords, Node& node);

  Catalogue catalogue_;
  Plan& plan_;
  Patterns patterns_;
  Place here_;                                     // of the schema that is being compiled
  std::unordered_map<const char*, NodeId> known_;  // by identity_of
  std::deque<Task> queue_;
  std::vector<std::string> dynamic_names_;  // of Plan::dynamic_anchors
  std::size_t path_bytes_ = 0;
};

}  // namespace penstock::schema
