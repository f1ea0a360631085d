#include "gateway/load.h"

#include <utility>

namespace penstock::gateway {

std::shared_ptr<const server::Snapshot> load_snapshot(const std::string& file,
                                                      const Services& services,
                                                      config::Diagnostics& diagnostics) {
  config::Config loaded = file.empty()
                              ? config::built_in(config::process_environment, diagnostics)
                              : config::load_file(file, config::process_environment, diagnostics);
  // The chain's options are looked at even when the rest is wrong, so that all errors show at once.
  return server::Snapshot::build(std::move(loaded), diagnostics, services);
}

config::Diagnostics check_text(std::string_view yaml, std::string_view name, Process& process) {
  config::Diagnostics diagnostics;
  config::Config loaded = config::load(yaml, name, config::process_environment, diagnostics);
  server::Snapshot::build(std::move(loaded), diagnostics, process.services(true));
  return diagnostics;
}

}  // namespace penstock::gateway
