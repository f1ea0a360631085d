#include "log/line_queue.h"

#include <new>
#include <utility>

namespace penstock::internal {

namespace {
// Room of a batch that is kept for the next one.
constexpr std::size_t kKeptRoom = 256 * 1024;
}  // namespace

LineQueue::LineQueue(std::uint64_t most_lines, std::uint64_t most_bytes)
    : most_lines_(most_lines), most_bytes_(most_bytes) {}

LineQueue::Added LineQueue::add(std::initializer_list<std::string_view> pieces) noexcept {
  std::size_t size = 1;
  for (const std::string_view piece : pieces) size += piece.size();

  const std::lock_guard lock(mutex_);
  std::string& text = waiting_.text;
  if (lines_added_ - lines_done_.load() >= most_lines_ || bytes_held_ + size > most_bytes_) {
    lose_line();
    return Added::kRefused;
  }
  try {
    // By half as much again: what append() would do, but all or nothing.
    if (text.capacity() - text.size() < size) text.reserve(text.size() + text.size() / 2 + size);
  } catch (const std::bad_alloc&) {
    lose_line();
    return Added::kRefused;
  }
  for (const std::string_view piece : pieces) text += piece;
  text += '\n';
  ++lines_added_;
  bytes_held_ += size;
  return ++waiting_.lines == 1 ? Added::kFirst : Added::kBehind;
}

void LineQueue::take(Batch& batch) noexcept {
  batch.text.clear();
  batch.lines = 0;
  const std::lock_guard lock(mutex_);
  std::swap(batch, waiting_);
}

void LineQueue::done(Batch& batch, std::uint64_t lost) noexcept {
  lost_.fetch_add(lost);
  {
    const std::lock_guard lock(mutex_);
    bytes_held_ -= batch.text.size();
  }
  if (batch.text.capacity() > kKeptRoom) batch.text = std::string();
  lines_done_.fetch_add(batch.lines);
  lines_done_.notify_all();
}

bool LineQueue::empty() const noexcept {
  const std::lock_guard lock(mutex_);
  return waiting_.lines == 0;
}

void LineQueue::wait_until_done() const noexcept {
  std::uint64_t added = 0;
  {
    const std::lock_guard lock(mutex_);
    added = lines_added_;
  }
  for (std::uint64_t done = lines_done_.load(); done < added; done = lines_done_.load()) {
    lines_done_.wait(done);
  }
}

}  // namespace penstock::internal
