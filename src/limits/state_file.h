#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/clock.h"
#include "penstock/result.h"

#include "limits/journal.h"
#include "limits/meter_state.h"

namespace penstock::limits {

/// The states of meters in a folder of the disk, so that a restart does not grant anew what was
/// used. Used by one thread at a time; every function but damage() and size() blocks.
///
/// The file `limits.journal` is a line with its version, then a record for each change, with a
/// checksum (state_record.h). What lives is in memory as well. When the file is more than twice as
/// long as what lives, a new one takes its place. The file `limits.lock` is locked (flock(2)) for
/// as long as this lives, so that no two processes share a folder.
///
/// Bounded: at most four million meters with keys of at most 64 KiB. What goes beyond is not kept.
class StateFile {
 public:
  /// Reads what a process before this one left. `clock` outlives this. A record that is damaged or
  /// was cut off is ignored, with all that stands behind it; damage() says so.
  /// Errors, in `detail`: the folder is not there or cannot be used, another process uses it, or
  /// the file is none of this version.
  static Result<std::unique_ptr<StateFile>> open(const std::string& folder, const Clock& clock);

  /// What is not as it should be with the file that was found. Empty: nothing.
  const std::string& damage() const noexcept { return damage_; }
  /// Everything that has not expired by the wall clock.
  std::vector<MeterState> load() const;
  /// How many meters live, expired ones among them that nobody looked at yet.
  std::size_t size() const noexcept { return live_.size(); }

  /// Writes changes, and returns when they are on the disk. After an error (the disk is full, say)
  /// they are not lost: the next call that succeeds, also one without changes, writes everything
  /// anew.
  Result<void> append(std::span<const MeterState> changes);

 private:
  struct Live {
    std::uint64_t used = 0;
    WallTime at;
    WallTime expires;
  };
  StateFile(std::string folder, const Clock& clock) : path_(std::move(folder)), clock_(clock) {}
  Result<void> lock();
  Result<void> read();
  Result<void> read_records(std::uint64_t offset);
  void note(const MeterState& state);
  void drop_expired();
  Result<void> rewrite();
  Result<void> write_all(internal::Journal& journal) const;

  const std::string path_;
  const Clock& clock_;
  internal::Descriptor folder_;
  internal::Descriptor lock_;
  internal::Journal journal_;
  bool journal_is_good_ = false;  // it says what live_ does
  // Ordered, so that nobody can choose keys that are slow to find.
  std::map<std::string, Live, std::less<>> live_;
  std::uint64_t live_bytes_ = 0;  // of the records of live_
  std::size_t next_drop_ = 0;     // as many meters are too many to keep expired ones
  std::string damage_;
};

/// Warns of a limit by the calendar in a process that keeps no states.
std::string warning_of_forgotten_budget(std::string_view limit_name);

}  // namespace penstock::limits
