#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "limits/remote/bell.h"
#include "limits/remote/breaker.h"
#include "limits/remote/journal.h"
#include "limits/remote/link.h"
#include "limits/remote/live.h"
#include "limits/remote/local_share.h"
#include "limits/remote/remote_store.h"
#include "limits/remote/seen.h"
#include "limits/remote/wire.h"
#include "runtime/resolver.h"

namespace penstock::limits::remote {

/// 1 while the store is not asked.
extern const MetricFamily kStoreBreakerOpen;
/// How many processes share the store, as this one saw last.
extern const MetricFamily kStoreProcesses;
/// Settlements that the store has not confirmed.
extern const MetricFamily kStoreJournal;
/// Settlements that were lost because the journal was full.
extern const MetricFamily kStoreJournalLost;

/// What stands behind a remote store: the link to the server on a thread and an event loop of its
/// own, and the fibers there that tell it what was used, that this process lives, and which
/// reservations it still holds. A thread of its own, because the store is used by all loops,
/// outlives them at the end and dies before them on a reload; so that what all loops ask goes out
/// in one write; and because reservations may end where no loop is.
///
/// Its end takes at most about two seconds. Thread-safe.
class Backend final : private Link::Listener {
 public:
  Backend(const RemoteOptions& options, std::shared_ptr<runtime::TlsContext> tls,
          const RemoteServices& services);
  ~Backend() { finish(); }

  /// Starts the thread. `released` is called on it when something came back, `tick` now and then,
  /// about every second.
  void start(std::function<void()> released, std::function<void()> tick);
  /// Tells what is not told yet and ends the thread; once.
  void finish();

  /// A call of a script with the base of all keys.
  std::shared_ptr<Call> call(const Script& script) const;
  void submit(const std::shared_ptr<Call>& call) { link_.submit(call); }
  /// Tells the server, once, sooner or later: a settlement for the journal.
  void settle(std::string words, std::size_t count) noexcept;
  /// One that nobody else has.
  std::string new_id();

  const Scripts& scripts() const noexcept { return scripts_; }
  const RemoteOptions& options() const noexcept { return options_; }
  const Clock& clock() const noexcept { return services_.clock; }
  const std::string& base() const noexcept { return base_; }
  Breaker& breaker() noexcept { return breaker_; }
  Live& live() noexcept { return live_; }
  Seen& seen() noexcept { return seen_; }
  LocalShares& shares() noexcept { return shares_; }
  void tell_release() { released_(); }

 private:
  void on_up() override;
  void on_broken(const std::string& reason) override;
  void on_unreachable(const std::string& reason) override;
  void on_warning(const std::string& words) override;
  void on_breaker(bool open, const std::string& reason);

  void beat_for_ever();
  bool beat();
  void recover();
  void renew_for_ever();
  bool renew();
  void settle_for_ever();
  bool settle_batch();
  void complain(const std::string& error);
  bool leave();
  void stop();
  Deadline within(std::chrono::milliseconds time) const;

  const RemoteOptions options_;
  const RemoteServices services_;
  const std::string base_;     // of all keys: "{prefix}:"
  const std::string process_;  // 128 random bits
  const Scripts scripts_;
  std::atomic<std::uint64_t> next_id_ = 0;
  std::atomic<bool> lost_is_known_ = false;
  Breaker breaker_;
  Journal journal_;
  Live live_;
  Seen seen_;
  LocalShares shares_;

  runtime::Loop loop_;
  runtime::Resolver resolver_;  // dies before the loop
  Link link_;
  Bell to_settle_{loop_};
  Bell to_beat_{loop_};
  Bell to_renew_{loop_};
  // On the loop.
  bool stopping_ = false;
  bool complained_ = false;
  std::int64_t processes_ = 0;
  Cancel stop_pause_;
  std::optional<std::uint64_t> backlog_;  // to be told before the store is asked again

  std::function<void()> released_;
  std::function<void()> tick_;
  std::thread thread_;
};

}  // namespace penstock::limits::remote
