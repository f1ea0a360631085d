#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"

#include "interceptors/json_schema/response_options.h"
#include "interceptors/json_schema/rules.h"

namespace penstock::json_schema {

/// What becomes of a request that breaks a rule.
enum class Mode {
  kEnforce,  // it is refused
  kReport,   // it passes; the log and the metrics tell
};
std::string_view to_string(Mode mode) noexcept;

struct Options {
  RuleTable rules;
  Mode mode = Mode::kEnforce;
  std::vector<std::string> files;  // that were read for the rules
  ResponseOptions response;
};

/// Reads the options of `json_schema`, and compiles what they name:
///
///   request: builtin          the schemas that come with the program; the default
///   request: none             no schema
///   request: {file: PATH}     the file for chat completions, the built-in ones for the rest
///   request: [RULE, ...]      of these the first that is for the request's route and model, and
///                             the built-in ones where none is; see rule_reader.h
///   also: [RULE, ...]         all of these besides
///   mode: enforce             or `report`
///
/// and what schema_reader.h and response_options.h say. A relative PATH starts in the folder of the configuration file.
/// Whatever is wrong with the options or the files goes to the diagnostics; the result is then not
/// to be used. Reads the files: blocks, for start and reload only.
Options parse_options(const config::Node& node, config::Diagnostics& diagnostics);

}  // namespace penstock::json_schema
