#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "limits/remote/call.h"
#include "limits/remote/options.h"
#include "metrics/metrics.h"
#include "runtime/cancel.h"
#include "runtime/loop.h"
#include "runtime/resolver.h"
#include "runtime/tls.h"

namespace penstock::limits::remote {

/// Round trips to the store, by {result}: ok, error (the server's), late (nobody waited any more),
/// lost (the connection broke).
extern const MetricFamily kStoreRoundTrips;

/// The one connection of a process to the server. Whatever many event loops ask at the same time
/// goes out in one write and comes back in order; the connection is made anew when it breaks.
/// Replies are matched by their order alone, so a connection that is out of step, or silent for
/// 2 s, is closed and never used again.
class Link {
 public:
  /// Hears how the connection is. Called on the link's loop.
  class Listener {
   public:
    /// Connected, authenticated, scripts loaded.
    virtual void on_up() = 0;
    /// It broke; calls that were on their way are lost.
    virtual void on_broken(const std::string& reason) = 0;
    /// It could not be made; calls fail until it can.
    virtual void on_unreachable(const std::string& reason) = 0;
    /// What is worth a word in the log, about the server's settings.
    virtual void on_warning(const std::string& words) = 0;

   protected:
    ~Listener() = default;
  };
  /// All of it outlives the link. `tls` is null for a connection in the clear.
  struct Parts {
    const RemoteOptions& options;
    const Scripts& scripts;
    std::shared_ptr<runtime::TlsContext> tls;
    runtime::Loop& loop;
    runtime::Resolver& resolver;
    Metrics& metrics;
    Listener& listener;
  };

  explicit Link(Parts parts) : parts_(std::move(parts)) {}

  /// Sends it with the next batch; at once kLost when there is no connection, or 16,384 calls wait
  /// already. Any thread.
  void submit(const std::shared_ptr<Call>& call);

  /// Connects, and serves until stop(). In a fiber of the loop.
  void run();
  /// Ends run(). On the loop.
  void stop();

 private:
  enum class State { kConnecting, kUp, kDown };

  Result<std::unique_ptr<runtime::Stream>> connect();
  Result<std::unique_ptr<runtime::Socket>> reach(const std::vector<runtime::Address>& addresses);
  Result<void> greet(runtime::Stream& stream, Deadline deadline);
  Result<Reply> read_reply(runtime::Stream& stream, Deadline deadline);
  void look_at_settings(const std::string& info);
  Result<void> serve(runtime::Stream& stream);
  Result<void> write_queue(runtime::Stream& stream);
  Result<void> read_replies();
  Result<void> deliver(Reply reply);
  void complete(Call& call, Call::Result result);
  void lose_all(const std::string& reason);
  void set_state(State state, const std::string& reason = {});
  Deadline within(std::chrono::milliseconds time, Cancel& cancel) const;

  const Parts parts_;
  bool stopping_ = false;
  Cancel stop_;
  std::optional<Cancel> wake_{std::in_place};  // of a read; a new one after each
  ReplyReader reader_;
  std::deque<std::shared_ptr<Call>> in_flight_;  // in the order of their replies
  std::string again_;  // calls to be sent anew, which are in flight already

  std::atomic<bool> woken_ = false;  // the fiber will look at the queue
  std::mutex mutex_;                 // guards what follows
  std::deque<std::shared_ptr<Call>> queue_;
  State state_ = State::kConnecting;
  std::string reason_;  // why it is down
};

}  // namespace penstock::limits::remote
