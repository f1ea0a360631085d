#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "penstock/config.h"

#include "config/yaml.h"

namespace penstock::test {

/// A piece of YAML as a node, as an interceptor's factory gets its options.
inline config::Node config_node(std::string_view yaml) {
  config::Diagnostics diagnostics;
  auto node = config::parse_yaml(yaml, "test.yaml", diagnostics);
  EXPECT_TRUE(node && diagnostics.ok()) << "not YAML: " << yaml;
  return node ? *node : config::Node{};
}

/// "path: message" of everything that was reported.
inline std::vector<std::string> messages(const config::Diagnostics& diagnostics) {
  std::vector<std::string> all;
  for (const config::Diagnostic& each : diagnostics.list()) {
    all.push_back(each.path.empty() ? each.message : each.path + ": " + each.message);
  }
  return all;
}

}  // namespace penstock::test
