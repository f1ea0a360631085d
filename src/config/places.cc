#include "config/places.h"

#include <algorithm>
#include <tuple>

namespace penstock::config {

Places::Places(std::string_view yaml, std::string_view file) {
  const auto last_line = yaml.substr(yaml.rfind('\n') + 1);  // npos + 1 is 0
  end_.file = file;
  end_.line = static_cast<int>(std::count(yaml.begin(), yaml.end(), '\n')) + 1;
  end_.column = static_cast<int>(last_line.size()) + 1;
}

Location Places::of(const YAML::Mark& mark) const {
  const Location place{end_.file, mark.line + 1, mark.column + 1};
  const bool behind_end = std::tie(place.line, place.column) > std::tie(end_.line, end_.column);
  return behind_end ? end_ : place;
}

}  // namespace penstock::config
