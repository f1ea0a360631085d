#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/yaml.h"
#include "interceptors/token_limit/options.h"
#include "interceptors/token_limit/token_limit.h"
#include "limits/memory_store.h"
#include "support/lambda_endpoint.h"
#include "support/manual_clock.h"
#include "support/test_exchange.h"

namespace penstock::token_limit::test {

using namespace std::chrono_literals;
using penstock::test::reply;
using penstock::test::TestExchange;
using Next = std::function<Result<Response>(Exchange&)>;

/// Parses the options of `token_limit`, and keeps what was wrong with them.
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

/// A chat of exactly that many tokens, at least 8, with these members behind the model's name.
inline std::string body_of(std::size_t tokens, std::string_view members = R"("max_tokens":100)",
                           std::string_view model = "gpt-4o") {
  constexpr std::size_t kFraming = 7;
  std::string body = R"({"model":")" + std::string(model) + '"';
  if (!members.empty()) body.append(",").append(members);
  body += R"(,"messages":[{"role":"user","content":"a)";
  for (std::size_t i = kFraming + 1; i < tokens; ++i) body += " a";
  return body + R"("}]})";
}

inline Usage measured(std::uint64_t input, std::optional<std::uint64_t> output) {
  return {Usage::Origin::kMeasured, input, output};
}

inline Outcome ended(Ending ending, Usage usage = {}) {
  Outcome outcome;
  outcome.ending = ending;
  outcome.usage = usage;
  return outcome;
}

/// An exchange of the key `ci` that reserves 200 tokens: 100 of input, 100 of output.
struct Call {
  explicit Call(Route route = Route::kChatCompletions, std::string body = body_of(100))
      : x(route, std::move(body)) {
    x.principal = Principal{"ci", "id-of-ci"};
  }
  /// The headers of the answer, if it were written now.
  Headers headers() {
    Headers headers;
    x.run_answer_hooks(headers);
    return headers;
  }
  std::string header(std::string_view name) {
    const Headers all = headers();
    return std::string(all.get(name).value_or("(absent)"));
  }
  TestExchange x;
};

struct Fixture {
  explicit Fixture(std::string_view limits = "{per: key, tokens: 1000, every: 1m}",
                   std::size_t max_meters = 1000)
      : store(clock, max_meters),
        interceptor(ParsedOptions("limits: [" + std::string(limits) + "]").options,
                    std::shared_ptr<limits::Store>(std::shared_ptr<void>(), &store),
                    ModelData::builtin(), clock, metrics) {}

  Result<Response> run(Call& call, Next next) {
    return penstock::test::run(interceptor, call.x, std::move(next));
  }
  /// A request of 200 tokens that is answered and settled as `used`.
  void spend(std::uint64_t used) {
    Call call;
    auto r = run(call, [used](Exchange&) { return reply(200, "{}", measured(used, 0)); });
    ASSERT_TRUE(r);
    r->body.finish(ended(Ending::kComplete));
  }
  /// What the key `ci` has left for the model `gpt-4o`.
  std::string remaining() {
    Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":0)"));
    (void)run(call, [](Exchange&) { return reply(500); });
    return call.header("x-ratelimit-remaining-tokens");
  }

  penstock::test::ManualClock clock;
  limits::MemoryStore store;
  Metrics metrics;
  TokenLimit interceptor;
};

}  // namespace penstock::token_limit::test
