#include "limits/stay.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "limits/queue_metrics.h"
#include "runtime/cancel.h"
#include "runtime/fiber.h"

namespace penstock::limits {

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// Where nobody tells when room comes back. Waiters at one meter do not add up: the first one asks.
constexpr milliseconds kFirstPoll = 20ms;
constexpr milliseconds kLongestPoll = 160ms;

/// What a store says of slots is advice for clients: nobody knows when a request ends.
bool tells_when(const Refusal& refusal) {
  return refusal.retry_after > 0ms && refusal.standing.limit->algorithm != Algorithm::kSlots;
}

}  // namespace

WaitingQueue::Stay::Stay(WaitingQueue& queue, std::uint64_t cost, std::span<const Claim> claims,
                         Deadline deadline)
    : queue_(queue),
      waiter_(cost, claims),
      since_(queue.clock_.now()),
      end_{std::min(deadline.at, since_ + queue.options_.max_wait), deadline.cancel} {}

WaitingQueue::Stay::~Stay() {
  waiter_.bell->mute();
  if (length_ != nullptr) length_->add(-1);
  const std::lock_guard lock(queue_.mutex_);
  if (waiter_.party != nullptr) {
    queue_.lines_.leave(waiter_, internal::Line::Leaving::kUnserved, queue_.clock_.now());
  }
  queue_.waiting_ = queue_.lines_.size();
}

bool WaitingQueue::Stay::enter(std::string_view who) {
  MetricCell& length = queue_.metrics_.cell(kQueueLength);
  bool is_in = true;
  {
    const std::lock_guard lock(queue_.mutex_);
    internal::Lines& lines = queue_.lines_;
    is_in = lines.size() < queue_.options_.max_size || lines.make_room_for(who, since_);
    if (is_in) {
      lines.enter(waiter_, who);
    } else if (const internal::Line* line = lines.before(waiter_)) {
      listen_to(*line);
    }
    queue_.waiting_ = lines.size();
  }
  if (is_in) {
    length_ = &length;
    length_->add(1);
  } else {
    queue_.metrics_.cell(kQueueShed, {"full"}).add(1);
  }
  return is_in;
}

std::variant<Reservation, Refusal> WaitingQueue::Stay::wait() {
  while (true) {
    switch (next_step()) {
      case Step::kLookAgain:
        break;
      case Step::kPark:
        runtime::Fiber::current().park({wake_at_, end_.cancel});
        break;
      case Step::kGiveUp:
        return last_refusal();
      case Step::kAsk: {
        auto result = queue_.store_.reserve(waiter_.claims, Care::kTake, end_);
        if (auto* refusal = std::get_if<Refusal>(&result)) {
          if (refused(std::move(*refusal), releases_)) break;
          return last_refusal();
        }
        granted();
        if (cancelled()) return last_refusal();  // and what was granted is given back
        return result;
      }
    }
  }
}

WaitingQueue::Stay::Step WaitingQueue::Stay::next_step() {
  const std::lock_guard lock(queue_.mutex_);
  const MonotonicTime now = queue_.clock_.now();
  internal::Lines& lines = queue_.lines_;
  if (waiter_.sent_away == internal::Waiter::SentAway::kFull) return give_up("full");
  if (waiter_.sent_away == internal::Waiter::SentAway::kOverload) return give_up("overload");
  if (cancelled()) return Step::kGiveUp;
  if (now >= end_.at) return give_up("timeout");

  if (waiter_.line == nullptr) {
    internal::Line* const other = lines.before(waiter_);
    if (other == nullptr) return ask();  // those it came behind have left meanwhile
    lines.join(waiter_, other->key, now);
    if (!refusal_) listen_to(*other);
    waiter_.due = true;
  }
  internal::Line& line = *waiter_.line;
  if (now >= line.patience_ends(waiter_)) return give_up("overload");

  const bool is_first = line.has_first(waiter_);
  const bool is_due = std::exchange(waiter_.due, false) || now >= retry_at_;
  wake_at_ = std::min(end_.at, line.patience_ends(waiter_));
  if (!is_first || line.asking != nullptr) return Step::kPark;  // somebody will call it
  if (!is_due) {
    wake_at_ = std::min(wake_at_, retry_at_);
    return Step::kPark;
  }
  retry_at_ = MonotonicTime::max();
  if (lines.before(waiter_) == nullptr) return ask();
  lines.open(line, now);  // it goes where it has to stand before
  return Step::kLookAgain;
}

/// The lock is held.
WaitingQueue::Stay::Step WaitingQueue::Stay::ask() {
  waiter_.asking = true;
  waiter_.told = false;
  if (waiter_.line != nullptr) waiter_.line->asking = &waiter_;
  releases_ = queue_.releases_;
  return Step::kAsk;
}

/// The lock is held.
WaitingQueue::Stay::Step WaitingQueue::Stay::give_up(std::string_view reason) {
  if (refusal_) {
    if (const internal::Line* line = queue_.lines_.find(refusal_->key)) listen_to(*line);
  }
  queue_.metrics_.cell(kQueueShed, {reason}).add(1);
  return Step::kGiveUp;
}

bool WaitingQueue::Stay::refused(Refusal refusal, std::uint64_t releases) {
  const std::lock_guard lock(queue_.mutex_);
  const MonotonicTime now = queue_.clock_.now();
  internal::Lines& lines = queue_.lines_;
  internal::Line* const before = waiter_.line;
  waiter_.asking = false;
  if (before != nullptr) before->asking = nullptr;
  refusal_ = std::move(refusal);
  refused_at_ = now;
  if (!queue_.may_wait(*refusal_, waiter_.claims, end_.at, now)) {
    if (refusal_->why == Refusal::Why::kNotNow) give_up("timeout");
    return false;
  }
  retry_at_ = now + (tells_when(*refusal_) ? refusal_->retry_after : next_poll());

  const bool is_new = before == nullptr || before->key != refusal_->key;
  if (is_new) lines.join(waiter_, refusal_->key, now);
  internal::Line& line = *waiter_.line;
  line.refusal = *refusal_;
  line.refused = now;
  // What was given back while the store was asked may have come after its answer.
  waiter_.due = is_new ? queue_.releases_ != releases : waiter_.told;
  if (is_new && before != nullptr) lines.open(*before, now);
  if (!line.has_first(waiter_)) lines.open(line, now);
  return true;
}

void WaitingQueue::Stay::granted() {
  const MonotonicTime now = queue_.clock_.now();
  queue_.metrics_.histogram(kQueueWait).observe((now - since_).count());
  const std::lock_guard lock(queue_.mutex_);
  queue_.lines_.leave(waiter_, internal::Line::Leaving::kServed, now);
  queue_.waiting_ = queue_.lines_.size();
}

/// Takes over the last refusal at a line's meter, where that is newer. The lock is held.
void WaitingQueue::Stay::listen_to(const internal::Line& line) {
  if (refusal_ && line.refused <= refused_at_) return;
  refusal_ = line.refusal;
  refused_at_ = line.refused;
  // The limit belongs to the configuration of the one that was refused, which may be gone.
  for (const Claim& claim : waiter_.claims) {
    if (claim.key == line.key) refusal_->standing.limit = claim.limit;
  }
}

Refusal WaitingQueue::Stay::last_refusal() const {
  if (!refusal_) {
    const Claim& claim = waiter_.claims.front();
    return {Refusal::Why::kNotNow, {claim.limit, 0, {}}, claim.key, {}};
  }
  Refusal told = *refusal_;
  if (tells_when(told)) {
    const auto passed = std::chrono::floor<milliseconds>(queue_.clock_.now() - refused_at_);
    told.retry_after = std::max(told.retry_after - passed, 1ms);
  }
  return told;
}

bool WaitingQueue::Stay::cancelled() const {
  return end_.cancel != nullptr && end_.cancel->requested();
}

milliseconds WaitingQueue::Stay::next_poll() {
  poll_ = std::clamp(2 * poll_, kFirstPoll, kLongestPoll);
  return poll_;
}

}  // namespace penstock::limits
