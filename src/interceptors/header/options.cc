#include "interceptors/header/options.h"

#include <algorithm>
#include <utility>

namespace penstock::header {

namespace {

using config::Diagnostics;
using config::Node;

enum class Act { kRemove, kWrite };

/// Reads one of the lists or maps of a side.
class EditsReader {
 public:
  EditsReader(Side side, Diagnostics& diagnostics) : side_(side), diagnostics_(&diagnostics) {}

  std::vector<std::string> names(const Node* list) const {
    std::vector<std::string> result;
    if (!list) return result;
    if (list->kind != Node::Kind::kList) {
      diagnostics_->error(*list, "expected a list of field names");
      return result;
    }
    for (const Node& item : list->items) {
      if (is_name(item, Act::kRemove)) result.push_back(item.scalar);
    }
    return result;
  }

  std::vector<Edits::Rename> renames(const Node* map) const {
    std::vector<Edits::Rename> result;
    if (!is_map(map, "expected a map of old names to new ones")) return result;
    for (const auto& [from, to] : map->members) {
      if (is_name(from, Act::kRemove) && is_name(to, Act::kWrite)) {
        result.push_back({from.scalar, to.scalar});
      }
    }
    return result;
  }

  std::vector<Edits::Value> values(const Node* map) const {
    std::vector<Edits::Value> result;
    if (!is_map(map, "expected a map of field names to values")) return result;
    for (const auto& [name, value] : map->members) {
      if (!is_name(name, Act::kWrite)) continue;
      if (is_repeated(name, result)) continue;
      if (value.kind != Node::Kind::kScalar) {
        diagnostics_->error(value, "expected a text");
      } else if (auto parsed = ValueTemplate::parse(value.scalar); !parsed) {
        diagnostics_->error(value, parsed.error().public_message);
      } else {
        result.push_back({name.scalar, std::move(*parsed)});
      }
    }
    return result;
  }

 private:
  bool is_map(const Node* node, const char* otherwise) const {
    if (!node) return false;
    if (node->kind == Node::Kind::kMap) return true;
    diagnostics_->error(*node, otherwise);
    return false;
  }

  bool is_name(const Node& node, Act act) const {
    if (node.kind != Node::Kind::kScalar || !is_token(node.scalar)) {
      // Not quoted: it may be a value that was meant for elsewhere.
      diagnostics_->error(node, "expected the name of a field: letters, digits and dashes");
      return false;
    }
    const char* why = act == Act::kWrite ? why_not_written(node.scalar, side_)
                                         : why_not_removed(node.scalar, side_);
    if (why) diagnostics_->error(node, "`" + node.scalar + "` " + why);
    return !why;
  }

  /// Names that differ in case alone are one name, which the configuration's reader cannot know.
  bool is_repeated(const Node& name, const std::vector<Edits::Value>& seen) const {
    const bool repeated = std::any_of(seen.begin(), seen.end(), [&name](const Edits::Value& each) {
      return equals_ignoring_case(each.name, name.scalar);
    });
    if (repeated) diagnostics_->error(name, "`" + name.scalar + "` is given twice");
    return repeated;
  }

  Side side_;
  Diagnostics* diagnostics_;
};

Edits read_edits(const Node* node, Side side, Diagnostics& diagnostics) {
  Edits edits;
  if (!node) return edits;
  config::MapReader map(*node, diagnostics);
  const EditsReader reader(side, diagnostics);
  edits.remove = reader.names(map.find("remove"));
  edits.rename = reader.renames(map.find("rename"));
  edits.set = reader.values(map.find("set"));
  edits.add = reader.values(map.find("add"));
  return edits;
}

}  // namespace

bool Edits::empty() const noexcept {
  return remove.empty() && rename.empty() && set.empty() && add.empty();
}

bool Edits::uses(Placeholder placeholder) const noexcept {
  const auto used = [placeholder](const Value& each) { return each.value.uses(placeholder); };
  return std::any_of(set.begin(), set.end(), used) || std::any_of(add.begin(), add.end(), used);
}

Options Options::parse(const Node& node, Diagnostics& diagnostics) {
  config::MapReader map(node, diagnostics);
  Options options;
  options.request = read_edits(map.find("request"), Side::kRequest, diagnostics);
  options.response = read_edits(map.find("response"), Side::kResponse, diagnostics);
  return options;
}

}  // namespace penstock::header
