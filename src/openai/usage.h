#pragma once

#include <simdjson.h>

#include "penstock/body.h"

#include "json/document.h"

namespace penstock::openai {

/// Usage of an answer that is one JSON object: chat, completions, embeddings (`usage` with
/// prompt_tokens and completion_tokens), responses and images (input_tokens and output_tokens),
/// with the cached ones and those of reasoning from the details beside. kUnknown when there is none
/// or a number is absurd (negative, no integer, over 2^40). A detail that is absurd, or more than
/// what it is a part of, is left out alone.
Usage read_usage(const json::Document& answer);

/// The same for the value of a `usage` member.
Usage read_usage_object(simdjson::dom::element usage);

}  // namespace penstock::openai
