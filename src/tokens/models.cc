#include "tokens/models.h"

#include <algorithm>

#include "base/check.h"
#include "tokens/builtin.h"

namespace penstock::tokens {

namespace {

/// ASCII letters in lower case, which is what names are compared in.
std::string lower(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return text;
}

}  // namespace

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
  const std::string wanted = lower(name);
  const Model* found = look_up(wanted);
  const std::size_t slash = wanted.rfind('/');
  if (found == nullptr && slash != std::string::npos) {
    found = look_up(std::string_view(wanted).substr(slash + 1));
  }
  if (found == nullptr) found = &families_[beginnings_.at("")];
  return *found;
}

/// Without the family that takes every name.
const Model* Models::look_up(std::string_view name) const {
  if (const auto found = names_.find(name); found != names_.end()) return &families_[found->second];
  // The longest beginning is the greatest that is not greater than the name, or shares the part
  // with it in which the two agree.
  while (!name.empty()) {
    auto next = beginnings_.upper_bound(name);
    if (next == beginnings_.begin()) return nullptr;
    const std::string& candidate = (--next)->first;
    if (candidate.empty()) return nullptr;
    if (name.starts_with(candidate)) return &families_[next->second];
    const auto differs =
        std::mismatch(name.begin(), name.end(), candidate.begin(), candidate.end());
    name = name.substr(0, static_cast<std::size_t>(differs.first - name.begin()));
  }
  return nullptr;
}

}  // namespace penstock::tokens
