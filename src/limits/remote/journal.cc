#include "limits/remote/journal.h"

#include <algorithm>
#include <utility>

#include "limits/remote/resp.h"

namespace penstock::limits::remote {

bool Journal::push(std::string words, std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMaxEntries || bytes_ + words.size() > kMaxBytes) {
    ++lost_;
    return false;
  }
  bytes_ += words.size();
  entries_.push_back({std::move(words), count});
  return true;
}

Journal::Batch Journal::front(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  Batch batch;
  batch.entries = std::min(most, entries_.size());
  batch.last = confirmed_;
  for (std::size_t i = 0; i < batch.entries; ++i) {
    append_word(batch.words, std::to_string(++batch.last));
    batch.words += entries_[i].words;
    batch.count += 1 + entries_[i].count;
  }
  return batch;
}

void Journal::confirm(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  for (; confirmed_ < number && !entries_.empty(); ++confirmed_) {
    bytes_ -= entries_.front().words.size();
    entries_.pop_front();
  }
}

std::size_t Journal::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::uint64_t Journal::last_number() const {
  const std::lock_guard lock(mutex_);
  return confirmed_ + entries_.size();
}

std::uint64_t Journal::confirmed() const {
  const std::lock_guard lock(mutex_);
  return confirmed_;
}

std::uint64_t Journal::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace penstock::limits::remote
