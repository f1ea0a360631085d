#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "config/yaml.h"
#include "interceptors/auth/options.h"

namespace penstock::auth::test {

/// Parses the options of `auth`, and keeps what was wrong with them.
struct ParsedOptions {
  explicit ParsedOptions(std::string_view yaml) {
    const auto node = config::parse_yaml(yaml, "test.yaml", diagnostics);
    EXPECT_TRUE(node && diagnostics.ok()) << yaml;
    if (node) options = Options::parse(*node, diagnostics);
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> messages;
    for (const config::Diagnostic& one : diagnostics.list()) messages.push_back(one.message);
    return messages;
  }

  config::Diagnostics diagnostics;
  Options options;
};

}  // namespace penstock::auth::test
