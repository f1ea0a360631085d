#include "limits/state_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"
#include "limits/state_record.h"

namespace penstock::limits {

using internal::Descriptor;
using internal::failure_of_system;
using internal::Journal;
using internal::kMaxKeyBytes;
using internal::kRecordHeadBytes;

namespace {

constexpr std::string_view kVersionLine = "penstock limits 1\n";
constexpr std::size_t kMaxMeters = 4'000'000;
constexpr std::size_t kPieceBytes = 1 << 20;  // what is read or written at a time
static_assert(kPieceBytes > internal::kMaxRecordBytes);
constexpr std::uint64_t kSlackBytes = 64 << 10;  // a short file is not worth the trouble

constexpr const char* kJournal = "limits.journal";
constexpr const char* kNewJournal = "limits.journal.new";
constexpr const char* kLock = "limits.lock";

}  // namespace

Result<std::unique_ptr<StateFile>> StateFile::open(const std::string& folder, const Clock& clock) {
  std::unique_ptr<StateFile> file(new StateFile(folder, clock));
  file->folder_ = Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file->folder_.number() < 0) {
    Error error = failure_of_system("use the folder", folder, errno);
    error.detail += "; make it, and let the user that runs this process write there";
    return error;
  }
  TRY_VOID(file->lock());
  TRY_VOID(file->read());
  return file;
}

Result<void> StateFile::lock() {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  lock_ = Descriptor(::openat(folder_.number(), kLock, kFlags, S_IRUSR | S_IWUSR));
  if (lock_.number() < 0) {
    Error error = failure_of_system("write in the folder", path_, errno);
    error.detail += "; let the user that runs this process write there";
    return error;
  }
  if (::flock(lock_.number(), LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return failure_of_system("lock the folder", path_, errno);
  return internal_error(concat({"another process uses the folder `", path_,
                                "`; end it, or give each gateway a folder of its own"}));
}

Result<void> StateFile::read() {
  journal_ = TRY(Journal::open(folder_, kJournal));
  if (!journal_.is_open()) return rewrite();
  const std::string begin = TRY(journal_.read(0, kVersionLine.size()));
  if (begin == kVersionLine) {
    TRY_VOID(read_records(kVersionLine.size()));
    journal_is_good_ = true;
    return {};
  }
  if (!kVersionLine.starts_with(begin)) {
    return internal_error(concat({"`", path_, "/", kJournal,
                                  "` is of another version of penstock; start that one, or remove "
                                  "the file, which begins all limits anew"}));
  }
  damage_ = concat({"`", path_, "/", kJournal, "` ends in its first line; all limits begin anew"});
  return rewrite();
}

Result<void> StateFile::read_records(std::uint64_t offset) {
  while (offset < journal_.size()) {
    const std::string piece = TRY(journal_.read(offset, kPieceBytes));
    std::string_view rest = piece;
    while (const auto state = internal::take_record(rest)) note(*state);
    if (rest.size() == piece.size()) {
      damage_ = concat({"`", path_, "/", kJournal, "` is damaged from byte ",
                        std::to_string(offset), " on; what was used since then counts no more"});
      return journal_.cut(offset);
    }
    offset += piece.size() - rest.size();
  }
  drop_expired();
  return {};
}

void StateFile::note(const MeterState& state) {
  if (state.key.size() > kMaxKeyBytes) return;
  const std::uint64_t bytes = kRecordHeadBytes + state.key.size();
  const auto at = live_.lower_bound(state.key);
  const bool known = at != live_.end() && at->first == state.key;
  if (known && state.used != 0) {
    at->second = {state.used, state.at, state.expires};
  } else if (known) {
    live_.erase(at);
    live_bytes_ -= bytes;
  } else if (state.used != 0 && live_.size() < kMaxMeters) {
    live_.emplace_hint(at, state.key, Live{state.used, state.at, state.expires});
    live_bytes_ += bytes;
  }
}

void StateFile::drop_expired() {
  const WallTime now = clock_.wall_now();
  std::erase_if(live_, [&](const auto& one) {
    const bool expired = one.second.expires <= now;
    if (expired) live_bytes_ -= kRecordHeadBytes + one.first.size();
    return expired;
  });
  next_drop_ = std::min(2 * live_.size() + 1000, kMaxMeters);  // not for every few new meters
}

std::vector<MeterState> StateFile::load() const {
  const WallTime now = clock_.wall_now();
  std::vector<MeterState> states;
  for (const auto& [key, live] : live_) {
    if (live.expires > now) states.push_back({key, live.used, live.at, live.expires});
  }
  return states;
}

Result<void> StateFile::append(std::span<const MeterState> changes) {
  if (live_.size() >= next_drop_) drop_expired();
  std::string records;
  for (const MeterState& state : changes) {
    note(state);
    if (state.key.size() <= kMaxKeyBytes) internal::append_record(records, state);
  }
  if (!journal_is_good_) return rewrite();
  if (records.empty()) return {};
  journal_is_good_ = false;
  TRY_VOID(journal_.append(records));
  TRY_VOID(journal_.sync());
  journal_is_good_ = true;
  if (journal_.size() > 2 * live_bytes_ + kSlackBytes) return rewrite();
  return {};
}

Result<void> StateFile::rewrite() {
  drop_expired();
  Journal fresh = TRY(Journal::create(folder_, kNewJournal));
  if (const auto written = write_all(fresh); !written) {
    ::unlinkat(folder_.number(), kNewJournal, 0);  // to make room
    return written.error();
  }
  journal_is_good_ = false;
  const auto renamed = fresh.rename(folder_, kJournal);
  journal_ = std::move(fresh);
  journal_is_good_ = bool(renamed);
  return renamed;
}

Result<void> StateFile::write_all(Journal& journal) const {
  std::string piece(kVersionLine);
  for (const auto& [key, live] : live_) {
    internal::append_record(piece, {key, live.used, live.at, live.expires});
    if (piece.size() < kPieceBytes) continue;
    TRY_VOID(journal.append(piece));
    piece.clear();
  }
  TRY_VOID(journal.append(piece));
  return journal.sync();
}

std::string warning_of_forgotten_budget(std::string_view limit_name) {
  return concat({"limit `", limit_name,
                 "` is a budget, and a restart begins it anew; set `server.state_dir` to a folder "
                 "that outlives the process"});
}

}  // namespace penstock::limits
