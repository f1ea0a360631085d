#include "config/sections.h"
#include "config/yaml.h"

namespace penstock::config {

namespace {

constexpr std::string_view kDefaultChain =
    "chain:\n"
    "  - log: {records: [exchange]}\n"
    "  - json_schema: {request: builtin}\n";

/// The name of an item; nullptr, reported, when it is neither a name nor a map of one entry.
const std::string* name_of(const Node& item, Diagnostics& diagnostics) {
  if (item.kind == Node::Kind::kScalar) return &item.scalar;
  if (item.kind == Node::Kind::kMap && item.members.size() == 1) {
    return &item.members.front().first.scalar;
  }
  diagnostics.error(item, item.kind == Node::Kind::kMap && item.members.size() > 1
                              ? "one interceptor an item: put a dash before each name and indent "
                                "its options"
                              : "expected the name of an interceptor, with its options behind a "
                                "colon: `- log: {content: none}`");
  return nullptr;
}

bool is_auth_none(const Node& item) {
  if (item.kind != Node::Kind::kMap) return false;
  const auto& [key, value] = item.members.front();
  return key.scalar == "auth" && value.kind == Node::Kind::kScalar && value.scalar == "none";
}

Node default_list() {
  Diagnostics none;
  return parse_yaml(kDefaultChain, "built-in", none)->members.front().second;
}

}  // namespace

ChainList read_chain(const Node& node, bool on_loopback, Diagnostics& diagnostics) {
  if (node.kind == Node::Kind::kNull) return {default_list(), on_loopback, false};
  ChainList chain;
  chain.list = node;
  chain.list.items.clear();
  if (node.kind != Node::Kind::kList) {
    diagnostics.error(node, "expected a list of interceptors, each behind a dash");
    return chain;
  }
  for (const Node& item : node.items) {
    const std::string* name = name_of(item, diagnostics);
    if (name == nullptr) continue;
    if (is_auth_none(item)) {
      chain.auth_none = true;
      continue;
    }
    chain.has_auth = chain.has_auth || *name == "auth";
    chain.list.items.push_back(item);
  }
  if (chain.auth_none && chain.has_auth) {
    diagnostics.error(node, "`auth: none` and `auth` with keys exclude each other; keep one");
  }
  return chain;
}

}  // namespace penstock::config
