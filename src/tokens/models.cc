#include "tokens/models.h"

#include "base/check.h"
#include "tokens/builtin.h"

namespace penstock::tokens {

const Models& Models::builtin() {
  static const Models models = [] {
    config::Diagnostics diagnostics;
    Models parsed = parse(tokens::builtin("tokens"), "config/models/tokens.yaml", diagnostics);
    PENSTOCK_CHECK(diagnostics.ok(), "the built-in models are valid");
    return parsed;
  }();
  return models;
}

const Model& Models::find(std::string_view name) const {
  return families_[*names_.find(name)];
}

}  // namespace penstock::tokens
