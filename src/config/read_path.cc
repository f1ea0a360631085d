#include "config/files.h"

namespace penstock::config {

std::string read_path(MapReader& map, const char* key, const Sources& sources) {
  const std::string name = map.text(key);
  const Node* node = map.find(key);
  if (node == nullptr || node->kind != Node::Kind::kScalar) return {};
  if (name.empty()) {
    map.diagnostics().error(*node, "the name of the file is empty; set it, or remove the setting");
    return {};
  }
  std::string path = resolve_path(*node, name);
  sources.files.add(path);
  if (const auto readable = check_readable(path); !readable) {
    map.diagnostics().error(*node,
                            "cannot read `" + path + "`: " + readable.error().public_message);
  }
  return path;
}

}  // namespace penstock::config
