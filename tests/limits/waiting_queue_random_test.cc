#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limits/queue_fixture.h"

namespace penstock::limits::test {
namespace {

/// A request and when it has to be answered.
struct Entry {
  Request* request;
  MonotonicTime end;
};

/// Random requests, ends, departures and time, checked after every step against what must hold of
/// any queue that is fair to nobody's harm.
struct Chaos : QueueFixture {
  explicit Chaos(unsigned seed) : QueueFixture({2s, 12}), random(seed) {
    for (int i = 0; i < 3; ++i) store.set("s" + std::to_string(i), 1 + i);
    for (int i = 0; i < 3; ++i) store.set("m" + std::to_string(i), 0, 1000);
    store.names_meters = seed % 2 == 0;
  }

  std::size_t below(std::size_t bound) { return random() % bound; }

  void come() {
    std::vector<Claim> claims;
    for (int i = 0; i < 3; ++i) {
      if (below(4) == 0) claims.push_back(slot("s" + std::to_string(i)));
      if (below(4) == 0) claims.push_back(tokens("m" + std::to_string(i), 1 + below(300)));
    }
    if (claims.empty()) claims.push_back(slot("s0"));
    std::shuffle(claims.begin(), claims.end(), random);
    const auto within = std::chrono::milliseconds(1 + below(3000));
    const MonotonicTime end = clock.now() + std::min<std::chrono::milliseconds>(within, 2s);
    entries.push_back(
        {&ask("key " + std::to_string(below(5)), 1 + below(3000), claims, within), end});
  }
  void end_one() {
    std::vector<Request*> held;
    for (const Entry& entry : entries) {
      if (entry.request->granted()) held.push_back(entry.request);
    }
    if (!held.empty()) end(*held[below(held.size())]);
  }
  void lose_one() {
    const auto waiting = those_that_wait();
    if (waiting.empty()) return;
    Request& request = *waiting[below(waiting.size())]->request;
    request.cancel.request();
    EXPECT_FALSE(request.waits());
    settle();
  }
  void step() {
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return come();
      case 4:
      case 5:
        return end_one();
      case 6:
        return lose_one();
      default:
        advance(std::chrono::milliseconds(1 + below(200)));
    }
  }

  std::vector<const Entry*> those_that_wait() const {
    std::vector<const Entry*> waiting;
    for (const Entry& entry : entries) {
      if (entry.request->waits() && !entry.request->cancel.requested()) waiting.push_back(&entry);
    }
    return waiting;
  }
  bool could_go(const Request& request) {
    return std::all_of(request.claims.begin(), request.claims.end(), [this](const Claim& claim) {
      return store.available(claim.key) >= static_cast<std::int64_t>(claim.amount);
    });
  }
  static bool share_a_meter(const Request& a, const Request& b) {
    for (const Claim& one : a.claims) {
      for (const Claim& other : b.claims) {
        if (one.key == other.key) return true;
      }
    }
    return false;
  }

  void check() {
    const auto waiting = those_that_wait();
    ASSERT_EQ(queue.size(), waiting.size());
    ASSERT_LE(queue.size(), 12U);
    for (const Entry* one : waiting) {
      EXPECT_LT(clock.now(), one->end);
      if (!could_go(*one->request)) continue;
      // Somebody comes before it at a meter of both.
      EXPECT_TRUE(std::any_of(waiting.begin(), waiting.end(), [one](const Entry* other) {
        return other != one && share_a_meter(*one->request, *other->request);
      }));
    }
    // Of those that want one meter and no other, each key is served in order.
    for (; checked < order.size(); ++checked) {
      const Request& served = *order[checked];
      if (served.claims.size() > 1) continue;
      for (const Entry* other : waiting) {
        if (other->request == &served) break;
        const bool same = other->request->who == served.who && other->request->claims.size() == 1 &&
                          share_a_meter(*other->request, served);
        EXPECT_FALSE(same && came_before(*other->request, served));
      }
    }
  }
  bool came_before(const Request& a, const Request& b) const {
    for (const Entry& entry : entries) {
      if (entry.request == &a) return true;
      if (entry.request == &b) return false;
    }
    return false;
  }

  std::mt19937 random;
  std::vector<Entry> entries;
  std::size_t checked = 0;  // of `order`
};

class RandomQueue : public testing::TestWithParam<unsigned> {};

TEST_P(RandomQueue, NeverHoldsBackWhoeverCouldGoAndLosesNothing) {
  Chaos chaos(GetParam());
  for (int i = 0; i < 1500 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    chaos.step();
    chaos.check();
  }
  EXPECT_GT(chaos.order.size(), 300U);
  chaos.advance(3s);
  EXPECT_EQ(chaos.queue.size(), 0U);
  for (Entry& entry : chaos.entries) entry.request->end();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(chaos.store.available("s" + std::to_string(i)), 1 + i);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomQueue, testing::Range(0U, 12U));

}  // namespace
}  // namespace penstock::limits::test
