#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "penstock/clock.h"
#include "penstock/result.h"

#include "limits/state_file.h"
#include "limits/state_source.h"
#include "log/log.h"

namespace penstock::gateway {

/// Keeps what limits have used in a folder, so that a restart does not grant it anew: a thread
/// moves changes there every second, and a last time when this dies. A process that is killed so
/// forgets one second of charges at most. Trouble with the disk does not stop anything; the log
/// says when it begins and when it is over.
class StateKeeper {
 public:
  struct Options {
    std::string folder;
    std::chrono::milliseconds every{1000};
  };
  /// Gives `source` what a process before this one kept, and starts. All three outlive this.
  /// `source` is null: nothing is kept, yet the folder belongs to this process.
  /// Blocks. Error, in `detail`: the folder cannot be used, with the setting and the remedy.
  static Result<std::unique_ptr<StateKeeper>> start(Options options, limits::StateSource* source,
                                                    Log& log, const Clock& clock);
  /// Blocks until what changed last is on the disk, or cannot be.
  ~StateKeeper();
  StateKeeper(const StateKeeper&) = delete;
  StateKeeper& operator=(const StateKeeper&) = delete;

 private:
  StateKeeper(Options options, std::unique_ptr<limits::StateFile> file, limits::StateSource* source,
              Log& log);
  void run();
  void save();
  void report(std::string_view trouble);

  const Options options_;
  std::unique_ptr<limits::StateFile> file_;
  limits::StateSource* source_;
  Log& log_;
  std::vector<limits::MeterState> changes_;  // taken and not yet in the file
  bool in_trouble_ = false;

  std::mutex mutex_;
  std::condition_variable ending_changed_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace penstock::gateway
