#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "penstock/clock.h"

namespace penstock::limits::remote {

/// The reservations of this process that the server holds, by the time at which they have to be
/// renewed. Thread-safe.
class Live {
 public:
  struct Node : boost::intrusive::list_base_hook<> {
    std::string id;

   private:
    friend class Live;
    MonotonicTime due{};
  };

  /// Each is renewed when it is that old, and again after as long.
  explicit Live(std::chrono::milliseconds age) : age_(age) {}

  /// The node outlives its stay.
  void add(Node& node, MonotonicTime now);
  /// Nothing happens where it was not added.
  void remove(Node& node);
  /// Ids that are due, at most `most`, each told once.
  std::vector<std::string> take_due(MonotonicTime now, std::size_t most);
  /// The server may have lost sight of us: all are due.
  void all_due();

 private:
  const std::chrono::milliseconds age_;
  std::mutex mutex_;                    // guards what follows
  boost::intrusive::list<Node> nodes_;  // the next one to be due first
};

}  // namespace penstock::limits::remote
