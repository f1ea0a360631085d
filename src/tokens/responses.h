#pragma once

#include <simdjson.h>

#include "tokens/tally.h"

namespace penstock::tokens {

/// Adds a request of the route responses: instructions, input, tools, and the schema of the answer.
/// An estimate, since the framing of items is not published: that of chats stands for it. What the
/// provider adds from its own store (an earlier response, a prompt by its id, a file) is not known.
void add_responses(Tally& tally, simdjson::dom::object request);

}  // namespace penstock::tokens
