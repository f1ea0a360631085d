#pragma once

#include <memory>
#include <span>
#include <vector>

#include "penstock/config.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"

namespace penstock {

/// The interceptors in the order of the configuration, outermost first. Immutable once built,
/// shared by all event loops.
class Chain {
 public:
  /// Builds the chain from the configuration's list, each item a map of one entry (`- log: {...}`)
  /// or a bare name (`- log`). Reports unknown and repeated names, bad options, and an order in
  /// which a layer rests on a fact that no earlier one provides.
  static Chain build(const config::Node& list, std::span<const InterceptorKind> kinds,
                     config::Diagnostics& diagnostics, const Services& services);

  /// Runs the exchange through all layers to the endpoint. May suspend.
  Result<Response> run(Exchange& x, const Endpoint& endpoint) const {
    return Next(layers_, endpoint)(x);
  }
  /// True when some layer establishes who asks.
  bool authenticates() const noexcept { return authenticates_; }
  /// The files that its layers were made from.
  const std::vector<std::string>& files() const noexcept { return files_; }
  /// The limits of its layers.
  const std::vector<limits::LimitView>& limits() const noexcept { return limits_; }

 private:
  std::vector<std::unique_ptr<Interceptor>> layers_;
  std::vector<std::string> files_;
  std::vector<limits::LimitView> limits_;
  bool authenticates_ = false;
};

}  // namespace penstock
