#include "config/sections.h"

namespace penstock::config {

ModelDataFiles read_model_data(const Node& node, const Sources& sources, Diagnostics& diagnostics) {
  ModelDataFiles files;
  MapReader map(node, diagnostics);
  files.tokens = read_path(map, "tokens", sources);
  files.prices = read_path(map, "prices", sources);
  return files;
}

}  // namespace penstock::config
