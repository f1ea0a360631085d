#pragma once

#include <optional>
#include <string>
#include <vector>

#include "penstock/config.h"

#include "interceptors/json_schema/response_options.h"
#include "schema/schema.h"

namespace penstock::json_schema {

/// What a file with a schema may have at most, in bytes.
inline constexpr std::size_t kMaxSchemaBytes = 4 << 20;

/// The schemas that request bodies are held to, by route. Absent: any JSON will do.
struct Schemas {
  std::optional<schema::Schema> chat_completions;
  std::optional<schema::Schema> completions;
  std::optional<schema::Schema> embeddings;
  std::vector<std::string> files;  // that were read for them
  ResponseOptions response;
};

/// Reads the options of `json_schema`, and compiles what they name:
///
///   request: builtin          the schemas that come with the program; the default
///   request: none             no schema
///   request: {file: PATH}     the file for chat completions, the built-in ones for the rest
///
/// A relative PATH starts in the folder of the configuration file. Whatever is wrong with the
/// options or the file goes to the diagnostics; the result is then not to be used. Reads the file:
/// blocks, for start and reload only.
Schemas parse_options(const config::Node& node, config::Diagnostics& diagnostics);

}  // namespace penstock::json_schema
