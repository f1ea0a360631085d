#include "schema/format.h"

namespace penstock::schema {

const Format* find_format(std::string_view) {
  return nullptr;
}

}  // namespace penstock::schema
