#pragma once

#include <string_view>

#include <yaml-cpp/mark.h>

#include "penstock/config.h"

namespace penstock::config {

/// Where in a text the marks of the YAML parser are. What it misses at the end it marks behind what
/// parse_yaml puts there; for a reader that is the end of the text.
class Places {
 public:
  Places(std::string_view yaml, std::string_view file);
  Location of(const YAML::Mark& mark) const;

 private:
  Location end_;
};

}  // namespace penstock::config
