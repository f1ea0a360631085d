#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "penstock/clock.h"

#include "limits/remote/backend.h"
#include "limits/remote/remote_store.h"
#include "limits/world.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "support/redis_server.h"
#include "support/temp_folder.h"

namespace penstock::limits::test {

/// The machine's clock, and what a test has put on top. Thread-safe.
class ShiftedClock final : public Clock {
 public:
  MonotonicTime now() const override { return system_clock().now() + shift_.load(); }
  WallTime wall_now() const override { return system_clock().wall_now() + shift_.load(); }
  void advance(std::chrono::milliseconds time) { shift_ = shift_.load() + time; }

 private:
  std::atomic<std::chrono::milliseconds> shift_{std::chrono::milliseconds(0)};
};

/// Waits until it holds; false: not within kPatience.
template <class Holds>
bool eventually(Holds holds) {
  const auto end = std::chrono::steady_clock::now() + penstock::test::kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// A gateway process's share of a remote store: the store and what it works with.
struct Process {
  Process(const penstock::test::RedisServer& server, const Clock& clock, RemoteOptions options = {})
      : Process(server.port(), clock, std::move(options)) {}
  Process(std::uint16_t port, const Clock& clock, RemoteOptions options = {}) {
    log = std::move(*Log::open({.file = folder.path() + "/log"}, clock));
    options.port = port;
    auto made = make_remote_store(std::move(options), {clock, metrics, *log});
    EXPECT_TRUE(made) << made.error().detail;
    store = std::move(*made);
  }

  /// The store has confirmed all that was settled.
  bool catches_up() const {
    return eventually([this] { return metrics.total(remote::kStoreJournal) == 0; });
  }
  bool asks() const { return metrics.total(remote::kStoreBreakerOpen) == 0; }
  std::int64_t round_trips(std::string_view result) const {
    return metrics.total(remote::kStoreRoundTrips, {result});
  }
  /// Everything logged so far.
  std::string words() const;

  penstock::test::TempFolder folder;
  Metrics metrics;
  std::unique_ptr<Log> log;
  std::unique_ptr<Store> store;
};

/// A process whose server goes by the time that the test sets.
class RemoteWorld final : public World {
 public:
  RemoteWorld() : RemoteWorld(options()) {}
  explicit RemoteWorld(RemoteOptions options);
  Store& store() override { return *process_.store; }
  void pass(milliseconds time) override;
  WallTime now() const override { return now_; }
  void catch_up() override { EXPECT_TRUE(process_.catches_up()); }

  /// Time passes in which the server does nothing.
  void let_server_sleep(milliseconds time);

  /// The process's clock goes wrong by so much more.
  void shift_process_clock(milliseconds time) { clock.advance(time); }

  penstock::test::RedisServer& server() { return server_; }
  Process& process() { return process_; }
  /// Options of a process that goes by the server's set time, and loses nothing when that leaps.
  static RemoteOptions options();
  ShiftedClock clock;

 private:
  std::string microseconds() const;
  void set_time();

  penstock::test::RedisServer server_;
  WallTime now_ = std::chrono::floor<milliseconds>(system_clock().wall_now());
  Process process_;
};

}  // namespace penstock::limits::test
