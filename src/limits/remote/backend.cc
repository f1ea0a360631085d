#include "limits/remote/backend.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <utility>

#include <openssl/rand.h>

#include "base/check.h"
#include "base/text.h"
#include "log/log.h"
#include "runtime/sleep.h"

namespace penstock::limits::remote {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kBeatEvery = 1s;
constexpr milliseconds kTickEvery = 1s;
constexpr milliseconds kProbeEvery = 100ms;  // while the breaker is open
/// The server does nothing else meanwhile: about 10 us for each.
constexpr std::size_t kSettleAtOnce = 32;
constexpr std::size_t kRenewAtOnce = 32;
constexpr milliseconds kSettlePause = 50ms;
/// Nobody waits for a settlement; a connection that is silent for so long is closed by then.
constexpr milliseconds kSettleTime = 3s;
constexpr milliseconds kLeaveTime = 200ms;

std::string hex(std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[number & 15]);
    number >>= 4;
  } while (number != 0);
  return text;
}

std::string random_name() {
  std::array<std::uint64_t, 2> bits;
  const int made = RAND_bytes(reinterpret_cast<unsigned char*>(bits.data()), sizeof bits);
  PENSTOCK_CHECK(made == 1, "the system has random numbers");
  return hex(bits[0]) + hex(bits[1]);
}

/// Runs `fn`; without the memory for it that has failed, and will be tried again.
template <class Fn>
bool with_memory(Fn fn) {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace

const MetricFamily kStoreBreakerOpen{"penstock_limit_store_breaker_open",
                                     "1 while the store of limits is not asked.",
                                     MetricFamily::Type::kGauge,
                                     {}};
const MetricFamily kStoreProcesses{"penstock_limit_store_processes",
                                   "Processes that share the store of limits, as last seen.",
                                   MetricFamily::Type::kGauge,
                                   {}};
const MetricFamily kStoreJournal{"penstock_limit_store_journal_entries",
                                 "Settlements that the store of limits has not confirmed.",
                                 MetricFamily::Type::kGauge,
                                 {}};
const MetricFamily kStoreJournalLost{"penstock_limit_store_journal_lost_total",
                                     "Settlements that no store of limits will hear of.",
                                     MetricFamily::Type::kCounter,
                                     {}};

Backend::Backend(const RemoteOptions& options, std::shared_ptr<runtime::TlsContext> tls,
                 const RemoteServices& services)
    : options_(options),
      services_(services),
      base_(concat({"{", options.prefix, "}:"})),
      process_(random_name()),
      scripts_(options.clock_script),
      breaker_([this](bool open, const std::string& reason) { on_breaker(open, reason); }),
      live_(options.hold / 3),
      shares_(services.clock),
      loop_(services.clock),
      resolver_(services.clock),
      link_({options_, scripts_, std::move(tls), loop_, resolver_, services.metrics, *this}) {
  for (const MetricFamily* family : {&kStoreBreakerOpen, &kStoreJournal, &kStoreJournalLost}) {
    services_.metrics.cell(*family);  // shown from the beginning
  }
}

void Backend::start(std::function<void()> released, std::function<void()> tick) {
  released_ = std::move(released);
  tick_ = std::move(tick);
  thread_ = std::thread([this] {
    loop_.spawn([this] { link_.run(); });
    loop_.spawn([this] { beat_for_ever(); });
    loop_.spawn([this] { renew_for_ever(); });
    loop_.spawn([this] { settle_for_ever(); });
    loop_.run_until_idle();
  });
}

void Backend::finish() {
  if (!thread_.joinable()) return;
  loop_.post([this] { stop(); });
  thread_.join();
  const std::size_t untold = journal_.size();
  services_.metrics.cell(kStoreJournal).add(-static_cast<std::int64_t>(untold));
  if (breaker_.is_open()) services_.metrics.cell(kStoreBreakerOpen).add(-1);
  services_.metrics.cell(kStoreProcesses).add(-processes_);
  if (untold == 0) return;
  services_.metrics.cell(kStoreJournalLost).add(static_cast<std::int64_t>(untold));
  services_.log.server(Log::Level::kWarning,
                       concat({"the store of limits ", name_of(options_),
                               " was not told what the last requests used"}),
                       concat({"\"requests\":", std::to_string(untold)}));
}

void Backend::stop() {
  stopping_ = true;
  stop_pause_.request();
  to_beat_.ring();
  to_renew_.ring();
  to_settle_.ring();
}

std::shared_ptr<Call> Backend::call(const Script& script) const {
  return std::make_shared<Call>(&script, base_);
}

std::string Backend::new_id() {
  return concat({process_, ".", hex(next_id_.fetch_add(1, std::memory_order_relaxed))});
}

Deadline Backend::within(milliseconds time) const {
  return {services_.clock.now() + time};
}

void Backend::settle(std::string words, std::size_t count) noexcept {
  bool kept = false;
  try {
    kept = journal_.push(std::move(words), count);
    if (kept) {
      services_.metrics.cell(kStoreJournal).add(1);
      to_settle_.ring();
      return;
    }
    services_.metrics.cell(kStoreJournalLost).add(1);
  } catch (const std::bad_alloc&) {  // to be told when something rings next, or lost
  }
  if (kept || lost_is_known_.exchange(true)) return;
  services_.log.server(Log::Level::kError,
                       "the journal of the store of limits is full: what further requests use "
                       "is not charged; see penstock_limit_store_journal_lost_total");
}

void Backend::on_up() {
  live_.all_due();
  to_beat_.ring();
  to_renew_.ring();
  to_settle_.ring();
}

void Backend::on_broken(const std::string& reason) {
  breaker_.failed(reason);
}

void Backend::on_unreachable(const std::string& reason) {
  breaker_.open(reason);
}

void Backend::on_warning(const std::string& words) {
  services_.log.server(Log::Level::kWarning, words);
}

void Backend::on_breaker(bool open, const std::string& reason) {
  const std::string name = concat({"the store of limits ", name_of(options_)});
  if (open) {
    services_.log.server(Log::Level::kWarning,
                         concat({name, " cannot be used: ", reason,
                                 "; each limit does what its on_store_failure says"}));
  } else {
    services_.log.server(Log::Level::kInfo, concat({name, " is used again"}));
  }
  services_.metrics.cell(kStoreBreakerOpen).add(open ? 1 : -1);
}

void Backend::beat_for_ever() {
  while (!stopping_) {
    if (with_memory([this] { return beat(); })) {
      recover();
    } else {
      backlog_.reset();
    }
    to_beat_.wait(services_.clock.now() + (breaker_.is_open() ? kProbeEvery : kBeatEvery));
  }
}

/// Tells that this process lives. True: in time.
bool Backend::beat() {
  const auto heartbeat = call(scripts_.heartbeat);
  heartbeat->add(process_);
  submit(heartbeat);
  const Call::Result result = heartbeat->wait(within(options_.timeout));
  if (!result.ok()) {
    if (!stopping_) breaker_.failed(reason_of(result));
    return false;
  }
  const std::int64_t processes = std::max<std::int64_t>(result.reply.integer, 1);
  shares_.set_processes(static_cast<std::size_t>(processes));
  services_.metrics.cell(kStoreProcesses).add(processes - std::exchange(processes_, processes));
  return true;
}

/// Closes the breaker once the server knows of all that was used without it.
void Backend::recover() {
  if (!breaker_.is_open()) {
    breaker_.worked();
    return;
  }
  if (!backlog_) backlog_ = journal_.last_number();
  if (journal_.confirmed() < *backlog_) return;
  backlog_.reset();
  shares_.clear();
  breaker_.close();
  released_();
}

void Backend::renew_for_ever() {
  while (!stopping_) {
    tick_();
    if (with_memory([this] { return renew(); })) continue;
    to_renew_.wait(services_.clock.now() + std::min(options_.hold / 30, kTickEvery));
  }
}

/// Renews some reservations. False: none is due.
bool Backend::renew() {
  const auto ids = live_.take_due(services_.clock.now(), kRenewAtOnce);
  if (ids.empty()) return false;
  const auto renewal = call(scripts_.renew);
  renewal->add(microseconds_of(options_.hold));
  for (const std::string& id : ids) renewal->add(id);
  submit(renewal);
  // Without a connection they are all due again as soon as there is one.
  (void)renewal->wait(within(kSettleTime));
  return true;
}

void Backend::settle_for_ever() {
  while (true) {
    if (journal_.size() == 0) {
      if (stopping_) break;
      to_settle_.wait(MonotonicTime::max());
      continue;
    }
    if (with_memory([this] { return settle_batch(); })) continue;
    if (stopping_) break;
    (void)runtime::sleep_for(kSettlePause, {MonotonicTime::max(), &stop_pause_});
  }
  (void)with_memory([this] { return leave(); });
  link_.stop();
}

/// One at a time, so that they are told in order.
bool Backend::settle_batch() {
  const Journal::Batch batch = journal_.front(kSettleAtOnce);
  const auto settlement = call(scripts_.settle);
  settlement->add(process_);
  settlement->add_encoded(batch.words, batch.count);
  submit(settlement);
  const Call::Result result = settlement->wait(within(kSettleTime));
  if (result.reply.is_error()) complain(result.reply.text);
  if (!result.ok() || result.reply.kind != Reply::Kind::kInteger) return false;
  complained_ = false;
  journal_.confirm(batch.last);
  services_.metrics.cell(kStoreJournal).add(-static_cast<std::int64_t>(batch.entries));
  if (result.reply.integer > 0) released_();
  if (backlog_) to_beat_.ring();
  return true;
}

/// The batch is told again: what the server did of it already, it skips.
void Backend::complain(const std::string& error) {
  if (std::exchange(complained_, true)) return;
  services_.log.server(Log::Level::kWarning,
                       concat({"the store of limits ", name_of(options_),
                               " does not take what was used: ", explain(error)}));
}

/// The others need not wait to see that this process is gone.
bool Backend::leave() {
  const auto farewell = std::make_shared<Call>(nullptr);
  farewell->add("ZREM").add(base_ + "n").add(process_);
  submit(farewell);
  return farewell->wait(within(kLeaveTime)).ok();
}

}  // namespace penstock::limits::remote
