#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "limits/queue_fixture.h"
#include "runtime/fiber.h"

namespace penstock::limits::test {

/// One key whose requests never cease: each worker asks, uses what it was granted, and asks again;
/// after a refusal it rests a moment, as a client with little patience would.
struct Client {
  Client(std::string name, std::uint64_t tokens_each) : who(std::move(name)), cost(tokens_each) {}

  std::string who;
  std::uint64_t cost;                        // tokens of each request
  std::uint64_t granted = 0;                 // tokens
  std::uint64_t refused = 0;                 // requests
  std::chrono::nanoseconds longest_wait{0};  // of one that was granted
};

/// Clients that want more of one meter than it has, over a simulated time.
struct Contest : QueueFixture {
  Contest(QueueOptions options, std::int64_t tokens_per_second) : QueueFixture(options) {
    store.set("all", 0, tokens_per_second);
  }
  ~Contest() {
    over = true;
    for (Cancel* cancel : std::vector<Cancel*>(cancels.begin(), cancels.end())) cancel->request();
    advance(1s);  // those that rest
  }

  /// The client outlives the contest.
  void add(Client& client, int workers) {
    for (int i = 0; i < workers; ++i) {
      loop.spawn([this, &client, claims = std::vector<Claim>{tokens("all", client.cost)}] {
        while (!over) ask_once(client, claims);
      });
    }
  }
  void run(std::chrono::milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += 10ms) advance(10ms);
  }

  std::uint64_t granted = 0;  // tokens, to all

 private:
  void ask_once(Client& client, const std::vector<Claim>& claims) {
    Cancel cancel;
    const auto self = cancels.insert(cancels.end(), &cancel);
    const MonotonicTime asked = clock.now();
    auto result = queue.reserve(client.who, client.cost, claims, Care::kTake,
                                {MonotonicTime::max(), &cancel});
    cancels.erase(self);
    if (auto* reservation = std::get_if<Reservation>(&result)) {
      reservation->settle({&client.cost, 1});
      client.granted += client.cost;
      granted += client.cost;
      client.longest_wait = std::max(client.longest_wait, clock.now() - asked);
      return;
    }
    ++client.refused;
    const auto rest = std::chrono::milliseconds(50 + random() % 100);
    if (!over) runtime::Fiber::current().park({clock.now() + rest, nullptr});
  }

  bool over = false;
  std::list<Cancel*> cancels;  // of the requests that are under way
  std::mt19937 random{1};
};

}  // namespace penstock::limits::test
