#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.h"
#include "bench/load_connection.h"
#include "bench/loop.h"
#include "bench/schedule.h"
#include "bench/script.h"
#include "bench/wire.h"

namespace penstock::bench {

/// What is to be asked, and what has to come back.
struct Question {
  std::string request;  // the whole message
  int status = 200;
  std::string text;  // what the body has to contain, where it is not known in whole
  Answer answer;     // the body that is expected; empty: any that contains the text
};

struct LoadOptions {
  std::uint16_t port = 0;
  SSL_CTX* tls = nullptr;
  std::size_t connections = 1;
  std::size_t idle_connections = 0;  // opened first, each asks once and is then kept
  double rate = 0;                   // requests a second; 0: closed loop
  Nanos length = kSecond;
  std::uint64_t requests = 0;     // 0: as many as the time allows
  bool churn = false;             // a connection for each request
  std::size_t read_rate = 0;      // bytes a second and connection; 0: as fast as it can
  Nanos patience = 30 * kSecond;  // for what is still on its way at the end
  /// Called once: when the idle connections stand, or without such ones when `connections` first
  /// events have come.
  std::function<void()> on_open;
};

/// What was measured. A run with a fault is worth nothing.
struct LoadReport {
  std::uint64_t answers = 0;
  std::uint64_t faults = 0;
  std::string first_fault;
  std::uint64_t unfinished = 0;   // slow readers: what was on its way at the end
  std::uint64_t connections = 0;  // that were opened
  std::uint64_t events = 0;
  std::uint64_t body_bytes = 0;
  Nanos time = 0;
  Histogram latency;      // from the intended time to the last byte
  Histogram first_event;  // from the intended time to the end of the first event
  Histogram gap;          // between the ends of two events
};

/// Asks the same question over and over, over many connections, on one thread.
class Load {
 public:
  /// `question` outlives this.
  Load(const LoadOptions& options, const Question& question);
  /// Runs to the end.
  const LoadReport& run();

 private:
  friend class LoadConnection;
  void open_idle_connections();
  void send_due();
  LoadConnection* free_connection();
  bool has_room() const noexcept;
  Nanos wake_at(Nanos time) const;
  bool finished(Nanos time) const;
  void finish(Nanos time);

  // What connections tell.
  void note_first_event();
  void note_answer(LoadConnection& connection);
  enum class Was { kAsked, kFree };
  void note_fault(LoadConnection& connection, Was was, std::string_view what);

  LoadOptions options_;
  const Question& question_;
  Loop loop_;
  Schedule schedule_{{}};
  Nanos begin_ = 0;
  std::vector<std::unique_ptr<LoadConnection>> idle_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  std::vector<LoadConnection*> free_;  // of connections_, the one used last at the end
  bool opens_idle_ = false;
  std::size_t busy_ = 0;
  std::size_t begun_ = 0;  // answers whose first event came
  LoadReport report_;
};

}  // namespace penstock::bench
