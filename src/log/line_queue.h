#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

namespace penstock::internal {

/// Lines on their way to a file: many threads add, one takes everything at once. Bounded in lines
/// and in bytes; what was taken counts until it is done. Thread-safe.
class LineQueue {
 public:
  LineQueue(std::uint64_t most_lines, std::uint64_t most_bytes);

  enum class Added {
    kRefused,  // it is full, or there is no memory; counted as lost
    kFirst,    // nothing else waits: the taker may be asleep
    kBehind,   // behind others, of which the taker knows
  };
  /// Adds one line, given in pieces, without its line end. Never waits for the taker.
  Added add(std::initializer_list<std::string_view> pieces) noexcept;

  /// Lines, each with its LF.
  struct Batch {
    std::string text;
    std::uint64_t lines = 0;
  };
  /// Swaps what waits for the batch's room, which is emptied: two rooms are used in turn.
  void take(Batch& batch) noexcept;
  /// The batch was written, but for `lost` of its lines. Gives large room back.
  void done(Batch& batch, std::uint64_t lost) noexcept;
  bool empty() const noexcept;

  /// Counts a line that could not even be made.
  void lose_line() noexcept { lost_.fetch_add(1); }
  std::uint64_t lost() const noexcept { return lost_.load(); }
  /// Waits until all that was added before is done.
  void wait_until_done() const noexcept;

 private:
  const std::uint64_t most_lines_;
  const std::uint64_t most_bytes_;
  mutable std::mutex mutex_;
  Batch waiting_;
  std::uint64_t lines_added_ = 0;
  std::uint64_t bytes_held_ = 0;  // waiting or taken
  std::atomic<std::uint64_t> lines_done_{0};
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace penstock::internal
