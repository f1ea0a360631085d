#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "limits/meter_state.h"

namespace penstock::limits {

/// Meters whose state is to outlive the process. Thread-safe.
class StateSource {
 public:
  /// From now on changes are remembered. Until then it costs nothing that somebody might ask.
  virtual void track_changes() = 0;
  /// The states of at most `most` meters that changed since they were taken last, each once. Empty:
  /// no other has changed.
  virtual std::vector<MeterState> take_changes(std::size_t most) = 0;
  /// What a process before this one used. Called once at most, before anything is reserved.
  virtual void restore(std::span<const MeterState> states) = 0;

 protected:
  ~StateSource() = default;
};

}  // namespace penstock::limits
