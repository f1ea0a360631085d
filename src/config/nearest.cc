#include "base/nearest.h"

#include "penstock/config.h"

namespace penstock::config {

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  return penstock::nearest(word, known);
}

}  // namespace penstock::config
