#pragma once

#include <memory>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the name is not ours
class App;
class FormatterBase;
class ParseError;
}  // namespace CLI

namespace penstock::cli {

/// How --help looks: `-c, --config FILE`, and the default behind the explanation.
std::shared_ptr<CLI::FormatterBase> help_formatter();

/// What is wrong with the arguments, in one sentence that names the remedy: "unknown command
/// `chekc`; did you mean `check`?".
std::string usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace penstock::cli
