#pragma once

#include <simdjson.h>

namespace penstock::openai {

/// True when one element of `choices` of a stream event brings something that the model wrote: text
/// (content, refusal, reasoning, `text` of legacy completions), arguments of a tool call, a
/// transcript. A provider that tells no usage is charged one token for each of them.
bool carries_output(simdjson::dom::element choice);

}  // namespace penstock::openai
