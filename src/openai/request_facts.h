#pragma once

#include "penstock/exchange.h"
#include "penstock/result.h"

#include "json/document.h"

namespace penstock::openai {

/// Reads what the gateway itself needs from a request body: model, stream, stream_options, n and
/// the largest declared output cap (max_completion_tokens, max_tokens, max_output_tokens).
/// `choices` is `n`, for legacy completions times the number of prompts. `target` is left empty.
///
/// null counts as absent, 2.0 as an integer. Errors are 400 with `param` and one of the codes
/// missing_required_parameter, invalid_type, invalid_value: body is no object, model missing
/// (routes that need one), empty, over 256 bytes or with control bytes, a read field of the wrong
/// type, n not from 1 to 128, a cap over 2^40, stream_options without stream, and a field given
/// twice that is read here or where tokens are counted (messages, prompt, input, tools). Never
/// suspends; thread-safe.
Result<RequestFacts> read_facts(const json::Document& document, Route route);

}  // namespace penstock::openai
