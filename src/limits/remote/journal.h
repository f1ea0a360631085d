#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace penstock::limits::remote {

/// Settlements that the server has not confirmed yet, in order. In good times that is a handful on
/// their way; while the server cannot be reached they wait here. Each has a number, and the server
/// remembers the last one of each process, so telling it twice charges once. Bounded; in memory.
/// Thread-safe.
class Journal {
 public:
  static constexpr std::size_t kMaxEntries = 100'000;
  static constexpr std::size_t kMaxBytes = 64 << 20;

  /// `words`: of a settlement as settle.lua reads it, without its number, encoded. False: it is
  /// full, and this one is lost; it counts as such.
  bool push(std::string words, std::size_t count);
  /// The oldest ones, at most `most`, as words; nothing is taken out.
  struct Batch {
    std::string words;
    std::size_t count = 0;  // words
    std::size_t entries = 0;
    std::uint64_t last = 0;  // number
  };
  Batch front(std::size_t most) const;
  /// Takes out those up to that number.
  void confirm(std::uint64_t number);

  std::size_t size() const;
  /// Of the newest entry ever; 0: there was none.
  std::uint64_t last_number() const;
  /// Of the newest that was confirmed.
  std::uint64_t confirmed() const;
  std::uint64_t lost() const;

 private:
  struct Entry {
    std::string words;
    std::size_t count;
  };
  mutable std::mutex mutex_;  // guards what follows
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t confirmed_ = 0;  // the first entry has the number behind it
  std::uint64_t lost_ = 0;
};

}  // namespace penstock::limits::remote
