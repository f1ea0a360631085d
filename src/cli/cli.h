#pragma once

namespace penstock::cli {

/// What a program ends with.
enum ExitCode : int {
  kGood = 0,
  kFailed = 1,
  kUsage = 2,
  kInvalid = 3,  // configuration or input
};

/// The command line: reads the arguments and runs the subcommand. Data goes to stdout, words to
/// stderr.
int run(int argc, char** argv);

}  // namespace penstock::cli
