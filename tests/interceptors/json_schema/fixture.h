#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "config/config.h"
#include "config/yaml.h"
#include "interceptors/json_schema/json_schema.h"
#include "metrics/metrics.h"
#include "support/lambda_endpoint.h"
#include "support/test_exchange.h"

namespace penstock::json_schema::test {

/// What all tests of a program count into.
inline Metrics& metrics() {
  static Metrics all;
  return all;
}

/// The interceptor with the options of a YAML text, which must be good.
inline JsonSchema make(std::string_view yaml = "{}") {
  config::Diagnostics diagnostics;
  const auto node = config::parse_yaml(yaml, "test.yaml", diagnostics);
  Options options = parse_options(node.value_or(config::Node{}), diagnostics);
  EXPECT_TRUE(diagnostics.ok()) << yaml << config::to_text(diagnostics);
  return JsonSchema(std::move(options), metrics());
}

/// What the interceptor says about an exchange; nullopt: it passed it on.
inline std::optional<Error> refusal(const JsonSchema& interceptor, Exchange& x) {
  bool passed = false;
  auto r = penstock::test::run(interceptor, x, [&](Exchange&) -> Result<Response> {
    passed = true;
    return penstock::test::reply(200);
  });
  EXPECT_EQ(passed, r.has_value());
  if (r) return std::nullopt;
  return r.error();
}

inline std::optional<Error> refusal(const JsonSchema& interceptor, Route route, std::string body) {
  penstock::test::TestExchange x(route, std::move(body));
  return refusal(interceptor, x);
}

/// A body that must be refused, and how.
struct Refused {
  std::string body;
  std::string param;
  std::string code;
};

inline void expect_refused(const JsonSchema& interceptor, Route route, const Refused& expected) {
  const auto error = refusal(interceptor, route, expected.body);
  ASSERT_TRUE(error.has_value()) << expected.body;
  EXPECT_EQ(error->kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(error->param, expected.param) << error->public_message << "\n" << expected.body;
  EXPECT_EQ(error->code, expected.code) << error->public_message << "\n" << expected.body;
}

inline void expect_passed(const JsonSchema& interceptor, Route route, const std::string& body) {
  const auto error = refusal(interceptor, route, body);
  EXPECT_FALSE(error.has_value()) << (error ? error->public_message : "") << "\n" << body;
}

}  // namespace penstock::json_schema::test
