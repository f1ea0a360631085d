#include "cli/load.h"

#include <utility>

namespace penstock::cli {

std::shared_ptr<const server::Snapshot> load_snapshot(const std::string& file, Process& process,
                                                      config::Diagnostics& diagnostics) {
  config::Config loaded = file.empty()
                              ? config::built_in(config::process_environment, diagnostics)
                              : config::load_file(file, config::process_environment, diagnostics);
  // The chain's options are looked at even when the rest is wrong, so that all errors show at once.
  return server::Snapshot::build(std::move(loaded), diagnostics, process.services());
}

}  // namespace penstock::cli
