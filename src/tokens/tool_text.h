#pragma once

#include <optional>
#include <simdjson.h>
#include <string>

namespace penstock::tokens {

/// The definitions of tools as the model is given them: a namespace of TypeScript, as people have
/// found out from the usage that OpenAI reports. `tools` is the member of that name of a chat
/// request, `functions` its predecessor; both may be absent. nullopt: they define nothing.
///
/// Never fails: what does not look like a schema is left out. Recurses a few times at most.
std::optional<std::string> tool_text(simdjson::dom::object request);

}  // namespace penstock::tokens
