#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "interceptors/json_schema/fixture.h"
#include "support/lambda_endpoint.h"
#include "support/test_exchange.h"

namespace penstock::json_schema::test {

using nlohmann::json;
using penstock::test::TestExchange;

/// A request that wants `{"a": integer}`, with these members more.
inline std::string ask(std::string_view more = "") {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)"
         R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":)"
         R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],)"
         R"("additionalProperties":false}}})" +
         std::string(more) + "}";
}

/// A request with the function f(n: integer).
inline std::string ask_tool(std::string_view more = "") {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)"
         R"("tools":[{"type":"function","function":{"name":"f","parameters":)"
         R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}])" +
         std::string(more) + "}";
}

/// An answer with one choice of that message.
inline std::string completion(const json& message, const std::string& reason = "stop") {
  return json{{"id", "c"},
              {"object", "chat.completion"},
              {"choices", {{{"index", 0}, {"message", message}, {"finish_reason", reason}}}}}
      .dump();
}
inline std::string saying(const std::string& content, const std::string& reason = "stop") {
  return completion({{"role", "assistant"}, {"content", content}}, reason);
}
inline json call(const std::string& name, const std::string& arguments) {
  return {{"id", "call_1"},
          {"type", "function"},
          {"function", {{"name", name}, {"arguments", arguments}}}};
}
inline std::string calling(const std::string& name, const std::string& arguments,
                           const std::string& reason = "tool_calls") {
  return completion({{"role", "assistant"},
                     {"content", nullptr},
                     {"tool_calls", json::array({call(name, arguments)})}},
                    reason);
}

/// What the client gets.
struct Outcome {
  int status = 0;    // of the error where there is one
  std::string body;  // what was read of it
  Error error;       // why it broke off, or was none
  bool broke = false;
  Usage usage;  // as the layers further out hear it
  std::string verdict;
};

/// One exchange with answers of a provider's.
class Call {
 public:
  Call(const std::string& yaml, std::string request)
      : x(Route::kChatCompletions, std::move(request)), interceptor_(make(yaml)) {}

  /// The provider's next answer; `end` hears how its body ended.
  void then(std::function<Result<Response>(Exchange&)> answer) {
    answers_.push_back(std::move(answer));
  }
  void then(std::string body, Usage usage = {}) {
    then([body = std::move(body), usage](Exchange&) {
      return penstock::test::reply(200, body, usage);
    });
  }

  Outcome run() {
    auto r = penstock::test::run(interceptor_, x, [this](Exchange& inner) -> Result<Response> {
      requests.push_back(std::string(inner.body()));
      EXPECT_LT(requests.size(), answers_.size() + 1) << "one call too many";
      if (requests.size() > answers_.size()) return internal_error("no answer");
      return answers_[requests.size() - 1](inner);
    });
    Outcome outcome;
    if (!r) {
      fail(outcome, r.error());
    } else {
      outcome.status = r->status;
      read(*r, outcome);
    }
    if (x.known_remarks()) {
      for (const auto& remark : x.known_remarks()->all()) {
        if (remark.name == "response_verdict") outcome.verdict = remark.text;
      }
    }
    return outcome;
  }

  TestExchange x;
  std::vector<std::string> requests;  // bodies that went up

 private:
  static void fail(Outcome& outcome, const Error& error) {
    if (outcome.body.empty()) outcome.status = describe(error.kind).status;
    outcome.error = error;
    outcome.broke = true;
  }
  static void read(Response& r, Outcome& outcome) {
    r.body.on_finish([&outcome](const penstock::Outcome& end) { outcome.usage = end.usage; });
    while (true) {
      const auto chunk = r.body.read({});
      if (!chunk) fail(outcome, chunk.error());
      if (!chunk || !*chunk) break;
      outcome.body.append((*chunk)->bytes);
    }
    penstock::Outcome end;
    end.ending = outcome.broke ? Ending::kUpstreamFailed : Ending::kComplete;
    r.body.finish(std::move(end));
  }

  JsonSchema interceptor_;
  std::vector<std::function<Result<Response>(Exchange&)>> answers_;
};

}  // namespace penstock::json_schema::test
