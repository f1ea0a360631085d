#include "json/items.h"

#include "json/scan.h"

namespace penstock::json {

std::vector<std::string_view> items(std::string_view array_text, std::size_t most) {
  std::vector<std::string_view> found;
  std::size_t at = skip_space(array_text, skip_space(array_text, 0) + 1);
  while (at < array_text.size() && array_text[at] != ']' && found.size() <= most) {
    const std::size_t end = skip_value(array_text, at);
    found.push_back(array_text.substr(at, end - at));
    at = skip_space(array_text, end);
    if (at < array_text.size() && array_text[at] == ',') at = skip_space(array_text, at + 1);
  }
  return found;
}

}  // namespace penstock::json
