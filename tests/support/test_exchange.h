#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "penstock/exchange.h"

#include "runtime/cancel.h"
#include "support/manual_clock.h"

namespace penstock::test {

/// What TestExchange borrows; a base, so that it lives before and longer than the exchange proper.
struct TestExchangeParts {
  ManualClock test_clock;
  Cancel test_cancel;
};

/// An exchange without a server: a POST of JSON with a clock that the test moves and a model table
/// in which the upstream "test" serves every name.
///
///   TestExchange x(Route::kChatCompletions, R"({"model":"m","messages":[]})");
///   auto r = interceptor.handle(x, next);
///   x.manual_clock().advance(1s);
class TestExchange final : private TestExchangeParts, public Exchange {
 public:
  explicit TestExchange(Route route, std::string body = {}, std::string id = "req_test")
      : Exchange(std::move(id), test_clock, test_clock.now(), test_cancel) {
    request.route = route;
    request.method = "POST";
    request.path = path_of(route);
    request.headers.set("content-type", "application/json");
    set_body(std::move(body));
  }

  ManualClock& manual_clock() noexcept { return test_clock; }

  /// Runs the functions given to on_answer, as the server does before it writes an answer.
  void run_answer_hooks(Headers& headers) { Exchange::run_answer_hooks(headers); }

  /// Another table of models than "test serves everything".
  std::function<Target(std::string_view)> models = [](std::string_view model) {
    return Target{"test", std::string(model)};
  };

 private:
  static const char* path_of(Route route) {
    switch (route) {
      case Route::kChatCompletions:
        return "/chat/completions";
      case Route::kCompletions:
        return "/completions";
      case Route::kEmbeddings:
        return "/embeddings";
      case Route::kResponses:
        return "/responses";
      case Route::kModerations:
        return "/moderations";
      case Route::kImages:
        return "/images/generations";
      case Route::kAudio:
        return "/audio/transcriptions";
      case Route::kFiles:
        return "/files";
      case Route::kBatches:
        return "/batches";
      case Route::kModels:
        return "/models";
    }
    return "";
  }
  Target find_target(std::string_view model) const override { return models(model); }
};

}  // namespace penstock::test
