#pragma once

#include <memory>
#include <string>

#include "penstock/config.h"

#include "config/config.h"
#include "money/prices.h"
#include "tokens/models.h"

namespace penstock {

/// What is known about models: how their tokens are counted, and what these cost. Immutable once
/// made and thread-safe; shared by the snapshot of a configuration and whoever was made from it.
struct ModelData {
  tokens::Models tokens;
  money::Prices prices;

  /// Reads the files that the configuration names; the program's own stand in for the others. Null
  /// when something is wrong; `diagnostics` says what. Blocks.
  static std::shared_ptr<const ModelData> load(const config::ModelDataFiles& files,
                                               config::Diagnostics& diagnostics);
  /// Those that the program carries.
  static const std::shared_ptr<const ModelData>& builtin();
};

}  // namespace penstock
