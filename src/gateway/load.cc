#include "gateway/load.h"

#include <utility>

#include "limits/state_file.h"

namespace penstock::gateway {

namespace {

/// Builds what a configuration says, and warns of what a restart would forget.
std::shared_ptr<const server::Snapshot> build(config::Config loaded, const Services& services,
                                              config::Diagnostics& diagnostics) {
  const bool forgets = loaded.server.state_dir.empty();
  const config::Node chain = loaded.chain;
  auto snapshot = server::Snapshot::build(std::move(loaded), diagnostics, services);
  if (!snapshot || !forgets) return snapshot;
  for (const limits::LimitView& view : snapshot->chain.limits()) {
    if (view.limit.algorithm != limits::Algorithm::kCalendar || view.store != &services.meters) {
      continue;
    }
    diagnostics.warning(chain, limits::warning_of_forgotten_budget(view.limit.name));
  }
  return snapshot;
}

}  // namespace

std::shared_ptr<const server::Snapshot> load_snapshot(const std::string& file,
                                                      const Services& services,
                                                      config::Diagnostics& diagnostics) {
  config::Config loaded = file.empty()
                              ? config::built_in(config::process_environment, diagnostics)
                              : config::load_file(file, config::process_environment, diagnostics);
  // The chain's options are looked at even when the rest is wrong, so that all errors show at once.
  return build(std::move(loaded), services, diagnostics);
}

config::Diagnostics check_text(std::string_view yaml, std::string_view name, Process& process) {
  config::Diagnostics diagnostics;
  config::Config loaded = config::load(yaml, name, config::process_environment, diagnostics);
  build(std::move(loaded), process.services(true), diagnostics);
  return diagnostics;
}

}  // namespace penstock::gateway
