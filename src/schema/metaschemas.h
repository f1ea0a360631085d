#pragma once

#include <memory>
#include <string_view>

#include "schema/exact_text.h"

namespace penstock::schema {

/// The meta-schema, or the part of one, that is published at that address; null for any other. In
/// words of our own: the same rules, without the notes.
std::shared_ptr<const ExactText> find_metaschema(std::string_view uri);

}  // namespace penstock::schema
