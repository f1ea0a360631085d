// A gateway process as far as a store of limits is concerned: hammer PORT SEED ATTEMPTS HOLD_MS
// SLOTS
//
// Reserves from eight fibers of one event loop, extends some of it, settles most of it, and drops
// the rest. Writes a line for each reservation, `held AMOUNT` when it is granted and `used AMOUNT`
// before it is settled, then `done`, and ends when its stdin does.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <unistd.h>
#include <vector>

#include "penstock/clock.h"

#include "limits/remote/remote_store.h"
#include "limits/remote/shared_limits.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "runtime/loop.h"

namespace penstock::limits::test {
namespace {

/// At once and as a whole, so that a kill loses no line.
void say(const char* word, std::uint64_t amount) {
  char line[64];
  const int size =
      std::snprintf(line, sizeof line, "%s %llu\n", word, static_cast<unsigned long long>(amount));
  [[maybe_unused]] const ssize_t written = ::write(1, line, static_cast<std::size_t>(size));
}

void work(Store& store, unsigned seed, int attempts, bool with_slots) {
  std::mt19937 random(seed);
  const SharedLimits limits;
  for (int i = 0; i < attempts; ++i) {
    const std::uint64_t amount = 1 + random() % 9;
    auto result = store.reserve(limits.claims(amount, with_slots));
    auto* const held = std::get_if<Reservation>(&result);
    if (held == nullptr) continue;
    say("held", amount);
    std::uint64_t used = random() % (amount + 1);
    if (random() % 4 == 0 && held->extend(std::vector<std::uint64_t>{2, 0})) {
      say("held", 2);
      used += 2;
    }
    if (random() % 8 == 0) continue;  // dropped: nothing was used
    say("used", used);
    held->settle(std::vector<std::uint64_t>{used, 1});
  }
}

int run(std::uint16_t port, unsigned seed, int attempts, int hold_ms, bool with_slots) {
  auto log = Log::open({.file = "stderr"}, system_clock());
  if (!log) return 1;
  Metrics metrics;
  RemoteOptions options;
  options.port = port;
  options.timeout = std::chrono::seconds(20);
  options.hold = std::chrono::milliseconds(hold_ms);
  auto store = make_remote_store(std::move(options), {system_clock(), metrics, **log});
  if (!store) return 1;
  runtime::Loop loop(system_clock());
  for (unsigned fiber = 0; fiber < 8; ++fiber) {
    loop.spawn([&, fiber] { work(**store, seed * 100 + fiber, attempts, with_slots); });
  }
  loop.run_until_idle();
  store->reset();  // everything is told
  say("done", 0);
  char byte = 0;
  while (::read(0, &byte, 1) > 0) {
  }
  return 0;
}

}  // namespace
}  // namespace penstock::limits::test

int main(int count, char** arguments) {
  if (count != 6) return 2;
  return penstock::limits::test::run(static_cast<std::uint16_t>(std::atoi(arguments[1])),
                                     static_cast<unsigned>(std::atoi(arguments[2])),
                                     std::atoi(arguments[3]), std::atoi(arguments[4]),
                                     std::atoi(arguments[5]) != 0);
}
