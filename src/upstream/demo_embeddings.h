#pragma once

#include <string>
#include <string_view>

#include "upstream/demo_request.h"

namespace penstock::upstream {

/// The body of an embeddings answer: for each input a vector that depends on its text alone.
std::string demo_embeddings(const DemoInputs& inputs, std::string_view model);

}  // namespace penstock::upstream
