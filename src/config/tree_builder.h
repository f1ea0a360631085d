#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/eventhandler.h>

#include "penstock/config.h"

#include "config/places.h"

namespace penstock::config {

/// Builds the tree out of the parser's events. Events and not YAML::Node, because only here both of
/// two equal keys, the place of each alias and the growth by aliases can be seen in time.
class TreeBuilder final : public YAML::EventHandler {
 public:
  /// `places` and `diagnostics` outlive this.
  TreeBuilder(const Places& places, Diagnostics& diagnostics)
      : places_(places), diagnostics_(&diagnostics) {}

  /// The tree, paths filled in. To be called once, after the last event.
  Node take_root();
  /// A bound was crossed: all further events are ignored and the tree is of no use.
  bool overflowed() const noexcept { return overflowed_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  /// A list or map whose end was not seen yet.
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    bool block = false;
    std::optional<Node> key;               // of the member whose value comes next
    std::map<std::string, int> key_lines;  // keys seen so far
  };

  Node make(Node::Kind kind, const YAML::Mark& mark);
  void open(Node node, YAML::anchor_t anchor, YAML::EmitterStyle::value style);
  void close();
  void attach(Node node, YAML::anchor_t anchor, bool block);
  void attach_member(Open& map, Node key, Node value, bool block);
  bool accept_key(Open& map, const Node& key);
  void check_tag(const YAML::Mark& mark, const std::string& tag);
  bool charge(std::size_t nodes, std::size_t bytes, const Location& where);
  void overflow(const Location& where, std::string message);
  /// The path of what is being read.
  std::string open_path() const;

  const Places& places_;
  Diagnostics* diagnostics_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchored_;
  Node root_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  bool overflowed_ = false;
};

}  // namespace penstock::config
