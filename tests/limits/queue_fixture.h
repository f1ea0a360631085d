#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "limits/scripted_store.h"
#include "limits/waiting_queue.h"
#include "runtime/cancel.h"
#include "runtime/loop.h"
#include "support/manual_clock.h"

namespace penstock::limits::test {

inline const Limit kTokens{"tokens", Unit::kTokens, Algorithm::kBucket, 1'000'000, 60s};
inline const Limit kSlots{"slots", Unit::kConcurrent, Algorithm::kSlots, 10};

inline Claim tokens(std::string key, std::uint64_t amount) {
  return {&kTokens, std::move(key), amount};
}
inline Claim slot(std::string key) {
  return {&kSlots, std::move(key), 1};
}

/// One request on a fiber of its own.
struct Request {
  std::string who;
  std::uint64_t cost = 0;
  std::vector<Claim> claims;
  Cancel cancel;
  std::variant<std::monostate, Reservation, Refusal> result;

  bool ended = false;

  bool waits() const { return result.index() == 0 && !ended; }
  bool granted() const { return result.index() == 1; }
  bool refused() const { return result.index() == 2; }
  const Refusal& refusal() const { return std::get<Refusal>(result); }
  /// Ends the exchange: everything is given back.
  void end() {
    ended = true;
    result = std::monostate();
  }
};

/// A queue before a scripted store, on one loop with a clock that a test moves.
struct QueueFixture {
  explicit QueueFixture(QueueOptions options = {}) : queue(options, store, clock, metrics) {}
  ~QueueFixture() {
    for (Request& request : requests) request.cancel.request();
    settle();
    EXPECT_EQ(loop.fibers(), 0U);
    EXPECT_EQ(queue.size(), 0U);
  }

  /// Begins a request; it runs until it waits.
  Request& ask(std::string who, std::uint64_t cost, std::vector<Claim> claims,
               std::chrono::milliseconds within = 1h, Care care = Care::kTake) {
    Request& request = requests.emplace_back();
    request.who = std::move(who);
    request.cost = cost;
    request.claims = std::move(claims);
    loop.spawn([this, &request, within, care] {
      const Deadline deadline{clock.now() + within, &request.cancel};
      auto result = queue.reserve(request.who, request.cost, request.claims, care, deadline);
      if (auto* reservation = std::get_if<Reservation>(&result)) {
        order.push_back(&request);
        request.result = std::move(*reservation);
      } else {
        request.result = std::get<Refusal>(std::move(result));
      }
    });
    settle();
    return request;
  }

  /// Lets everything happen that can happen without the clock.
  void settle() {
    for (int quiet = 0; quiet < 2; ++quiet) {
      const auto before = std::pair(store.asked(), loop.fibers());
      loop.post([this] { loop.stop(); });
      loop.run();
      if (before != std::pair(store.asked(), loop.fibers())) quiet = -1;
    }
  }
  void advance(std::chrono::nanoseconds time) {
    clock.advance(time);
    loop.fire_timers();
    settle();
  }
  void end(Request& request) {
    request.end();
    settle();
  }
  std::string text_of_metrics() const { return metrics.to_text(); }

  penstock::test::ManualClock clock;
  Metrics metrics;
  runtime::Loop loop{clock};
  ScriptedStore store{clock};
  WaitingQueue queue;
  std::vector<Request*> order;  // as they were granted
  std::deque<Request> requests;
};

}  // namespace penstock::limits::test
