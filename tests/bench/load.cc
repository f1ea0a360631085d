#include "bench/load.h"

#include <algorithm>
#include <utility>

namespace penstock::bench {
namespace {

constexpr std::uint64_t kMaxFaults = 100;  // then nothing is learnt any more

}  // namespace

Load::Load(const LoadOptions& options, const Question& question)
    : options_(options), question_(question) {
  connections_.reserve(options_.connections);
}

const LoadReport& Load::run() {
  open_idle_connections();
  begin_ = now();
  schedule_ = Schedule({options_.rate, begin_, options_.length, options_.requests});
  send_due();
  while (!finished(now())) {
    loop_.run_once(wake_at(now()));
    send_due();
  }
  finish(now());
  return report_;
}

void Load::open_idle_connections() {
  if (options_.idle_connections == 0) return;
  opens_idle_ = true;
  const Nanos give_up = now() + options_.patience;
  while (idle_.size() < options_.idle_connections && report_.faults == 0 && now() < give_up) {
    // One after the other: the listener's queue is not what is measured.
    LoadConnection& connection = *idle_.emplace_back(std::make_unique<LoadConnection>(*this));
    ++busy_;
    connection.ask(now());
    while (busy_ > 0 && now() < give_up) loop_.run_once(give_up);
  }
  opens_idle_ = false;
  if (busy_ > 0) note_fault(*idle_.back(), Was::kAsked, "an idle connection did not open in time");
  LoadReport report;
  report.faults = report_.faults;
  report.first_fault = report_.first_fault;
  report_ = std::move(report);
  if (options_.on_open) std::exchange(options_.on_open, nullptr)();
}

bool Load::has_room() const noexcept {
  return !free_.empty() || connections_.size() < options_.connections;
}

LoadConnection* Load::free_connection() {
  if (free_.empty()) {
    return connections_.emplace_back(std::make_unique<LoadConnection>(*this)).get();
  }
  LoadConnection* connection = free_.back();
  free_.pop_back();
  return connection;
}

void Load::send_due() {
  for (Nanos time = now(); has_room() && schedule_.due(time) && report_.faults < kMaxFaults;
       time = now()) {
    ++busy_;
    free_connection()->ask(schedule_.take(time));
  }
}

Nanos Load::wake_at(Nanos time) const {
  const Nanos end = begin_ + options_.length;
  const Nanos give_up = end + options_.patience;
  if (schedule_.over(time)) return give_up;
  if (options_.rate <= 0) return end;
  return has_room() ? schedule_.next(time) : give_up;
}

bool Load::finished(Nanos time) const {
  if (report_.faults >= kMaxFaults) return true;
  if (time >= begin_ + options_.length + options_.patience) return true;
  return schedule_.over(time) && (busy_ == 0 || options_.read_rate > 0);
}

void Load::finish(Nanos time) {
  report_.time = time - begin_;
  report_.events = report_.first_event.count() + report_.gap.count();
  if (options_.read_rate > 0) {
    report_.unfinished = busy_;
  } else if (busy_ > 0 && report_.faults == 0) {
    report_.faults = busy_;
    report_.first_fault = std::to_string(busy_) + " answers did not come in time";
  }
}

void Load::note_first_event() {
  if (opens_idle_ || ++begun_ != options_.connections || !options_.on_open) return;
  std::exchange(options_.on_open, nullptr)();
}

void Load::note_answer(LoadConnection& connection) {
  --busy_;
  if (opens_idle_) return;
  ++report_.answers;
  report_.latency.add(now() - connection.intended());
  free_.push_back(&connection);
  send_due();
}

void Load::note_fault(LoadConnection& connection, Was was, std::string_view what) {
  if (report_.faults++ == 0) report_.first_fault = what;
  if (was == Was::kFree) return;
  --busy_;
  if (!opens_idle_) free_.push_back(&connection);
}

}  // namespace penstock::bench
