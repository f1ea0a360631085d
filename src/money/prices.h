#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "penstock/body.h"
#include "penstock/config.h"

#include "config/model_names.h"
#include "money/dollars.h"

namespace penstock::money {

class PricesReader;

/// What one token of each kind costs.
struct Rates {
  Picodollars input = 0;
  Picodollars cached = 0;  // of the input: the provider had it in its cache
  Picodollars output = 0;
  Picodollars reasoning = 0;  // of the output: the model thought with it
};

/// What a model costs.
struct ModelPrice {
  /// Other rates for the whole request where its input is longer.
  struct LongContext {
    std::uint64_t above = 0;  // tokens of input
    Rates rates;
  };
  Rates rates;
  std::vector<LongContext> long_context;  // by rising thresholds

  const Rates& rates_for(std::uint64_t input_tokens) const noexcept;
};

/// What that much use costs, to the picodollar, and then rounded up to a nanodollar once; at most
/// kMostNanodollars. Tokens that are not known count as none, so who knows better fills them in.
/// Parts of the input or the output are believed up to the whole. Thread-safe.
Nanodollars cost(const Usage& usage, const ModelPrice& price) noexcept;

/// Which model costs what. A value: a snapshot of the configuration may hold one. Reading is
/// thread-safe.
class Prices {
 public:
  /// Reads the text of a file such as config/models/prices.yaml, called `file` in the diagnostics.
  /// Where something is wrong with it, the diagnostics say what and the result is not to be used.
  static Prices parse(std::string_view yaml, std::string_view file,
                      config::Diagnostics& diagnostics);
  /// The file that the program carries.
  static const Prices& builtin();

  /// The price for a name as clients write it, see config::ModelNames. Null: what it costs is not
  /// known, which is not nothing. Valid as long as this.
  const ModelPrice* find(std::string_view model) const;

 private:
  friend class PricesReader;

  std::vector<ModelPrice> prices_;
  config::ModelNames names_;  // to indexes into prices_
};

}  // namespace penstock::money
