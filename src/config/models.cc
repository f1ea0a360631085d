#include "config/diagnostics.h"
#include "config/sections.h"

namespace penstock::config {

namespace {

std::vector<std::string> names_of(const Upstreams& upstreams) {
  std::vector<std::string> names;
  for (const auto& [name, options] : upstreams) names.push_back(name);
  return names;
}

penstock::Target read_model(const Node& node, const std::vector<std::string>& upstreams,
                            Diagnostics& diagnostics) {
  if (node.kind != Node::Kind::kMap) {
    diagnostics.error(node, "expected a map such as `{upstream: " +
                                (upstreams.empty() ? "openai" : upstreams.front()) + "}`");
    return {};
  }
  MapReader map(node, diagnostics);
  penstock::Target target{map.required_text("upstream"), map.text("model")};
  const Node* upstream = map.find("upstream");
  const bool known =
      std::find(upstreams.begin(), upstreams.end(), target.upstream) != upstreams.end();
  if (upstream != nullptr && upstream->kind == Node::Kind::kScalar && !known) {
    diagnostics.error(*upstream,
                      "no upstream has this name; " + suggestion(target.upstream, upstreams));
  }
  return target;
}

}  // namespace

Models read_models(const Node& node, const Upstreams& upstreams, Diagnostics& diagnostics) {
  const std::vector<std::string> names = names_of(upstreams);
  Models models;
  if (node.kind == Node::Kind::kNull) {
    if (names.size() == 1) models.emplace("*", penstock::Target{names.front(), ""});
    if (names.size() > 1) {
      diagnostics.error(node,
                        "`models` is missing, and there are several upstreams; say which one "
                        "serves what, for example `models: {\"*\": {upstream: " +
                            names.front() + "}}`");
    }
    return models;
  }
  if (node.kind != Node::Kind::kMap || node.members.empty()) {
    diagnostics.error(node,
                      "expected a map from a model's name to `{upstream: NAME, model: NAME}`");
    return models;
  }
  for (const auto& [key, value] : node.members) {
    models.emplace(key.scalar, read_model(value, names, diagnostics));
  }
  return models;
}

penstock::Target find_target(const Config& config, std::string_view model) {
  auto found = config.models.find(std::string(model));
  if (found == config.models.end()) found = config.models.find("*");
  if (found == config.models.end()) return {};
  penstock::Target target = found->second;
  if (target.model.empty()) target.model = model;
  return target;
}

}  // namespace penstock::config
