#include "config/tree_builder.h"

#include <algorithm>

#include "config/yaml.h"

namespace penstock::config {

namespace {

/// A path that has grown longer than that is not extended: with many nodes under long keys the
/// paths would outweigh everything else.
constexpr std::size_t kLongPath = 512;

struct Measure {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  std::size_t depth = 0;

  void add(const Measure& child) {
    nodes += child.nodes;
    bytes += child.bytes;
    depth = std::max(depth, child.depth + 1);
  }
};

// Recursive functions here end at kMaxDepth, which every tree obeys.

Measure measure(const Node& node) {
  Measure total;
  total.bytes = node.scalar.size();
  for (const Node& item : node.items) total.add(measure(item));
  for (const auto& [key, value] : node.members) {
    total.add(measure(key));
    total.add(measure(value));
  }
  if (node.kind == Node::Kind::kList || node.kind == Node::Kind::kMap) {
    total.depth = std::max<std::size_t>(total.depth, 1);
  }
  return total;
}

bool is_plain_word(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string member_path(const std::string& parent, const std::string& key) {
  if (!is_plain_word(key)) return parent + "[\"" + key + "\"]";
  return parent.empty() ? key : parent + "." + key;
}

void set_paths(Node& node, std::string path) {
  const bool long_enough = path.size() > kLongPath;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    set_paths(node.items[i], long_enough ? path : path + "[" + std::to_string(i) + "]");
  }
  for (auto& [key, value] : node.members) {
    key.path = long_enough ? path : member_path(path, key.scalar);
    set_paths(value, key.path);
  }
  node.path = std::move(path);
}

/// Short enough, and without control characters: fit to be shown in messages.
bool is_good_key(std::string_view key) {
  return key.size() <= kMaxKeyBytes && std::none_of(key.begin(), key.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f;
         });
}

}  // namespace

Node TreeBuilder::take_root() {
  set_paths(root_, "");
  return std::move(root_);
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  attach(make(Node::Kind::kNull, mark), anchor, false);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  check_tag(mark, tag);
  Node node = make(Node::Kind::kScalar, mark);
  if (!charge(0, value.size(), node.where)) return;
  node.scalar = value;
  node.quoted = tag == "!";  // the parser's word for a scalar that is not plain
  attach(std::move(node), anchor, false);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto found = anchored_.find(anchor);
  if (found == anchored_.end()) {
    if (!overflowed_) overflow(places_.of(mark), "an alias stands inside of what it repeats");
    return;
  }
  const Measure size = measure(found->second);
  if (!charge(size.nodes, size.bytes, places_.of(mark))) return;
  if (open_.size() + size.depth > kMaxDepth) {
    overflow(places_.of(mark),
             "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep");
    return;
  }
  attach(Node(found->second), 0, false);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  check_tag(mark, tag);
  open(make(Node::Kind::kList, mark), anchor, style);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  check_tag(mark, tag);
  open(make(Node::Kind::kMap, mark), anchor, style);
}

Node TreeBuilder::make(Node::Kind kind, const YAML::Mark& mark) {
  Node node;
  node.kind = kind;
  node.where = places_.of(mark);
  charge(1, 0, node.where);
  return node;
}

void TreeBuilder::open(Node node, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  if (overflowed_) return;
  if (open_.size() == kMaxDepth) {
    overflow(node.where,
             "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep");
    return;
  }
  Open level;
  level.node = std::move(node);
  level.anchor = anchor;
  level.block = style == YAML::EmitterStyle::Block;
  open_.push_back(std::move(level));
}

void TreeBuilder::close() {
  if (overflowed_) return;
  Open done = std::move(open_.back());
  open_.pop_back();
  attach(std::move(done.node), done.anchor, done.block);
}

void TreeBuilder::attach(Node node, YAML::anchor_t anchor, bool block) {
  if (overflowed_) return;
  if (anchor != 0) {
    const Measure size = measure(node);
    if (!charge(size.nodes, size.bytes, node.where)) return;
    anchored_.insert_or_assign(anchor, node);
  }
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  if (parent.node.kind == Node::Kind::kList) {
    parent.node.items.push_back(std::move(node));
  } else if (!parent.key) {
    parent.key = std::move(node);
  } else {
    Node key = std::move(*parent.key);
    parent.key.reset();
    attach_member(parent, std::move(key), std::move(node), block);
  }
}

void TreeBuilder::attach_member(Open& map, Node key, Node value, bool block) {
  if (!accept_key(map, key)) return;
  // The parser places what is absent at the next token, and a block at its first entry: the key is
  // where a reader would look.
  if (block || value.kind == Node::Kind::kNull) value.where = key.where;
  map.node.members.emplace_back(std::move(key), std::move(value));
}

bool TreeBuilder::accept_key(Open& map, const Node& key) {
  const auto refuse = [&](std::string path, std::string problem) {
    diagnostics_->error({key.where, std::move(path), std::move(problem)});
    return false;
  };
  if (key.kind != Node::Kind::kScalar) return refuse(open_path(), "a key must be a text");
  if (!is_good_key(key.scalar)) {
    return refuse(open_path(), "a key may hold no control characters and at most " +
                                   std::to_string(kMaxKeyBytes) + " bytes");
  }
  if (key.scalar == "<<" && !key.quoted) {
    return refuse(open_path(), "merge keys are not part of YAML 1.2; write the members out");
  }
  const auto [seen, is_new] = map.key_lines.emplace(key.scalar, key.where.line);
  if (is_new) return true;
  return refuse(member_path(open_path(), key.scalar),
                "duplicate key `" + key.scalar + "`; it stands in line " +
                    std::to_string(seen->second) + " already");
}

void TreeBuilder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  const bool none = tag.empty() || tag == "?" || tag == "!";
  if (none || overflowed_) return;
  diagnostics_->error(
      {places_.of(mark), open_path(), "YAML tags are not supported; write the value without it"});
}

std::string TreeBuilder::open_path() const {
  std::string path;
  for (const Open& level : open_) {
    if (path.size() > kLongPath) break;
    if (level.node.kind == Node::Kind::kList) {
      path += "[" + std::to_string(level.node.items.size()) + "]";
    } else if (level.key) {
      path = member_path(path, is_good_key(level.key->scalar) ? level.key->scalar : "?");
    }
  }
  return path;
}

bool TreeBuilder::charge(std::size_t nodes, std::size_t bytes, const Location& where) {
  nodes_ += nodes;
  bytes_ += bytes;
  if (nodes_ > kMaxNodes) {
    overflow(where, "more than " + std::to_string(kMaxNodes) + " values, repeated ones included");
  } else if (bytes_ > kMaxTextBytes) {
    overflow(where, "more than " + std::to_string(kMaxTextBytes >> 20) +
                        " MiB of text, repeated text included");
  }
  return !overflowed_;
}

void TreeBuilder::overflow(const Location& where, std::string message) {
  if (overflowed_) return;
  overflowed_ = true;
  open_.clear();
  anchored_.clear();
  diagnostics_->error({where, "", std::move(message)});
}

}  // namespace penstock::config
