#pragma once

#include <string_view>

namespace penstock::schema {

/// The text of config/schemas/<name>.json as it was when the program was built; empty where there
/// is no such file. Names: chat_completions, completions, embeddings; and of src/schema/metaschemas.
std::string_view builtin(std::string_view name);

}  // namespace penstock::schema
