#pragma once

#include <deque>
#include <map>
#include <memory>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

#include "schema/keywords.h"
#include "schema/plan.h"

namespace penstock::schema {

/// Turns a schema's text into a plan. Errors as in Schema::compile.
Result<std::unique_ptr<Plan>> compile_plan(std::string_view text);

/// Compiles the schemas of a document one by one, whatever refers to whatever: a schema that
/// another one mentions gets its number at once and is put into a queue.
class Compiler {
 public:
  /// `root` and `nodes` outlive this.
  Compiler(simdjson::dom::element root, std::vector<Node>& nodes) : root_(root), nodes_(nodes) {}

  Result<void> run();

 private:
  struct Task {
    NodeId id;
    simdjson::dom::element schema;
  };

  /// The number of the schema that stands at `path`, or of the one that it merely refers to.
  Result<NodeId> node_at(simdjson::dom::element schema, std::string path);
  Result<NodeId> referred(const Keywords& keywords);
  Result<void> compile(simdjson::dom::element schema, Node& node);

  // The keywords that mention other schemas. kNoNode: the keyword is absent.
  Result<NodeId> child(const Keywords& keywords, std::string_view keyword);
  Result<std::vector<NodeId>> children(const Keywords& keywords, std::string_view keyword);
  Result<void> read_definitions(const Keywords& keywords);
  Result<void> read_array_rules(const Keywords& keywords, Node& node);
  Result<void> read_object_rules(const Keywords& keywords, Node& node);
  Result<void> read_properties(const Keywords& keywords, ObjectRules& rules);
  Result<void> read_in_place_rules(const Keywords& keywords, Node& node);

  simdjson::dom::element root_;
  std::vector<Node>& nodes_;
  std::map<std::string, NodeId, std::less<>> known_;
  std::deque<Task> queue_;
};

}  // namespace penstock::schema
