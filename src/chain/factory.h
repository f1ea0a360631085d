#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "penstock/config.h"
#include "penstock/interceptor.h"

#include "limits/limit_view.h"
#include "limits/remote/stores.h"
#include "limits/store.h"
#include "money/model_data.h"

namespace penstock {

class Log;
class Metrics;

/// What the process lends to interceptors. All of it outlives every chain and is thread-safe.
struct Services {
  const Clock& clock;
  Log& log;
  limits::Store& meters;  // of limits, in memory
  Metrics& metrics;
  /// Somebody only wants to know whether the configuration is good: touch nothing outside.
  bool check_only = false;
  /// What is known about models, by the configuration that the chain is made for.
  std::shared_ptr<const ModelData> models = ModelData::builtin();
  /// Those that limits share with other processes.
  std::shared_ptr<limits::Stores> stores = std::make_shared<limits::Stores>();
};

/// A fact that one interceptor establishes and others rest on.
enum class Fact { kPrincipal };

/// What a factory makes.
struct Layer {
  std::unique_ptr<Interceptor> interceptor;
  std::vector<Fact> needs{};  // established by a layer further out, or the order is wrong
  std::vector<Fact> provides{};
  /// Files that were read for it: the configuration is loaded anew when one changes.
  std::vector<std::string> files{};
  /// The limits that it holds requests to, for whoever asks how much is left.
  std::vector<limits::LimitView> limits{};
};

/// One kind of interceptor: its name in the configuration, and how it is made. `create` reports
/// everything wrong with `options` to the diagnostics; it then may return an empty layer.
struct InterceptorKind {
  std::string_view name;
  Layer (*create)(const config::Node& options, config::Diagnostics& diagnostics,
                  const Services& services);
};

/// All kinds there are, in alphabetical order. Defined in interceptors/registry.cc; a new
/// interceptor is one line there.
std::span<const InterceptorKind> interceptor_kinds();

}  // namespace penstock
