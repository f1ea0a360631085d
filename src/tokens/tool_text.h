#pragma once

#include <optional>
#include <simdjson.h>
#include <string>

namespace penstock::tokens {

/// The definitions of tools as the model is given them: a namespace of TypeScript, as people have
/// found out from the usage that OpenAI reports. `tools` is the member of that name of a chat
/// request, `functions` its predecessor; both may be absent. nullopt: they define no function.
///
/// Never fails: what does not look like a schema is left out. Recurses a few times at most.
std::optional<std::string> tool_text(simdjson::dom::object request);

/// The function that an item of `tools` defines: its member `function`, or itself, as the responses
/// API has it. nullopt: it is a tool of another kind.
std::optional<simdjson::dom::object> tool_function(simdjson::dom::object tool);

}  // namespace penstock::tokens
