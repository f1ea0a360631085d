#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

namespace penstock::limits::remote {

/// Whether the store may be asked. Opens when it failed three times in a row, or cannot be reached
/// at all: then no request waits for it. Who finds that it works again closes it. Thread-safe.
class Breaker {
 public:
  /// `changed` hears of each change, with the reason when it opens. Called with a lock held.
  explicit Breaker(std::function<void(bool open, const std::string& reason)> changed)
      : changed_(std::move(changed)) {}

  bool is_open() const noexcept { return open_.load(std::memory_order_relaxed); }
  void worked() noexcept { failures_.store(0, std::memory_order_relaxed); }
  void failed(const std::string& reason);
  void open(const std::string& reason);
  void close();

 private:
  static constexpr int kFailures = 3;
  const std::function<void(bool, const std::string&)> changed_;
  std::atomic<int> failures_ = 0;
  std::atomic<bool> open_ = false;
  std::mutex mutex_;  // orders the changes
};

}  // namespace penstock::limits::remote
