#include "json/padding.h"

#include "json/document.h"

namespace penstock::json {

void reserve_padding(std::string& text) {
  text.reserve(text.size() + kPadding);
}

}  // namespace penstock::json
