#include "limits/remote/held.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace penstock::limits::remote {

namespace {

using namespace std::chrono_literals;

std::uint64_t amount_at(std::span<const std::uint64_t> amounts, std::size_t index) {
  return index < amounts.size() ? std::min(amounts[index], kMaxCapacity) : 0;
}

/// The words of a settlement before its claims.
std::string settlement(std::string_view id, std::string_view mode, std::size_t claims) {
  std::string words;
  append_word(words, id);
  append_word(words, mode);
  append_word(words, std::to_string(claims));
  return words;
}
constexpr std::size_t kHeadWords = 3;

}  // namespace

ServerHeld::ServerHeld(Backend& backend, std::string reservation, std::span<const Claim> claims,
                       const Answer& answer)
    : backend_(backend) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    parts_.push_back({claims[i].limit, claims[i].amount});
    standings_.push_back(standing_of(*claims[i].limit, answer.meters[i], answer.time));
  }
  id = std::move(reservation);
  backend_.live().add(*this, backend_.clock().recent());
}

ServerHeld::~ServerHeld() {
  backend_.live().remove(*this);
}

bool ServerHeld::extend(std::span<const std::uint64_t> more, Deadline deadline) {
  const Extended extended = try_extend(more, deadline);
  if (extended != Extended::kUnasked) return extended == Extended::kYes;
  // What was granted may overrun, as far as its limits let it.
  return std::none_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.limit->on_store_failure == OnStoreFailure::kClosed;
  });
}

ServerHeld::Extended ServerHeld::try_extend(std::span<const std::uint64_t> more,
                                            Deadline deadline) {
  if (backend_.breaker().is_open()) return Extended::kUnasked;
  const auto call = backend_.call(backend_.scripts().extend);
  call->add(id).add(microseconds_of(backend_.options().hold));
  for (std::size_t i = 0; i < parts_.size(); ++i) call->add(amount_at(more, i));
  deadline.at = std::min(deadline.at, backend_.clock().now() + backend_.options().timeout);
  backend_.submit(call);
  const Call::Result result = call->wait(deadline);
  if (result.failure == Call::Failure::kCancelled) return Extended::kNo;
  const auto answer = result.ok() ? read_answer(result.reply, parts_.size()) : std::nullopt;
  if (!answer) {
    backend_.breaker().failed(reason_of(result));
    return Extended::kUnasked;
  }
  if (answer->status != Answer::Status::kHeld) return Extended::kNo;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].amount += amount_at(more, i);
    standings_[i] = standing_of(*parts_[i].limit, answer->meters[i], answer->time);
  }
  return Extended::kYes;
}

void ServerHeld::settle_part(std::uint64_t amount, std::uint64_t used) noexcept {
  try {
    std::string words = settlement(id, "part", 1);
    append_word(words, std::to_string(amount));
    append_word(words, std::to_string(std::min(used, kMaxCapacity)));
    backend_.settle(std::move(words), kHeadWords + 2);
  } catch (const std::bad_alloc&) {  // it stays held until the rest of it ends
  }
}

void ServerHeld::settle(std::span<const std::uint64_t> used) noexcept {
  backend_.live().remove(*this);
  try {
    std::string words = settlement(id, "held", parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      append_word(words, std::to_string(amount_at(used, i)));
    }
    backend_.settle(std::move(words), kHeadWords + parts_.size());
  } catch (const std::bad_alloc&) {  // the server charges it in full when nobody renews it
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    const bool slot = part.limit->algorithm == Algorithm::kSlots;
    const std::uint64_t left = standings_[i].remaining + part.amount;
    const std::uint64_t charge = slot ? 0 : amount_at(used, i);
    standings_[i].remaining = std::min(left - std::min(left, charge), part.limit->capacity);
  }
}

LocalHeld::LocalHeld(Backend& backend, std::string reservation, Asked asked,
                     std::vector<Claim> claims)
    : backend_(backend),
      asked_(asked),
      claims_(std::move(claims)),
      granted_at_(to_microseconds(backend.clock().wall_now())) {
  id = std::move(reservation);
  if (asked_ == Asked::kYes) backend_.live().add(*this, backend_.clock().recent());
}

bool LocalHeld::extend(std::span<const std::uint64_t> more, Deadline) {
  std::vector<Claim> wanted = claims_;
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i].amount = amount_at(more, i);
  std::erase_if(wanted, [](const Claim& claim) { return claim.amount == 0; });
  if (take_shares(backend_, wanted)) return false;
  for (std::size_t i = 0; i < claims_.size(); ++i) claims_[i].amount += amount_at(more, i);
  return true;
}

void LocalHeld::settle(std::span<const std::uint64_t> used) noexcept {
  backend_.live().remove(*this);
  try {
    std::string words = settlement(id, asked_ == Asked::kYes ? "asked" : "new", claims_.size());
    bool anything = asked_ == Asked::kYes;
    for (std::size_t i = 0; i < claims_.size(); ++i) {
      const Claim& claim = claims_[i];
      const std::uint64_t charge = amount_at(used, i);
      anything = anything || charge > 0;
      append_claim(words, claim, charge, periods_at(*claim.limit, granted_at_));
      if (claim.limit->on_store_failure == OnStoreFailure::kLocal) {
        backend_.shares().settle(claim, claim.amount, charge);
      }
    }
    if (anything) backend_.settle(std::move(words), kHeadWords + kClaimWords * claims_.size());
  } catch (const std::bad_alloc&) {  // it was granted without the server; that never hears of it
  }
  backend_.tell_release();
}

std::vector<Standing> LocalHeld::standings() const {
  std::vector<Standing> standings;
  for (const Claim& claim : claims_) {
    if (claim.limit->on_store_failure == OnStoreFailure::kLocal) {
      standings.push_back(backend_.shares().standing(claim));
    } else {
      const auto left = backend_.seen().remaining(claim, backend_.clock().recent());
      standings.push_back({claim.limit, left.value_or(claim.limit->capacity), 0ms});
    }
  }
  return standings;
}

void abandon(Backend& backend, const std::string& id) noexcept {
  try {
    backend.settle(settlement(id, "asked", 0), kHeadWords);
  } catch (const std::bad_alloc&) {  // the server charges it in full when nobody renews it
  }
}

std::optional<Refusal> take_shares(Backend& backend, std::span<const Claim> claims) {
  for (const Claim& claim : claims) {
    if (claim.limit->on_store_failure != OnStoreFailure::kClosed) continue;
    return Refusal{Refusal::Why::kStoreDown, {claim.limit, 0, 1s}, claim.key, 1s};
  }
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Claim& claim = claims[i];
    if (claim.limit->on_store_failure != OnStoreFailure::kLocal) continue;
    const auto left = backend.seen().remaining(claim, backend.clock().recent());
    auto refusal = backend.shares().take(claim, left);
    if (!refusal) continue;
    for (const Claim& taken : claims.first(i)) {
      if (taken.limit->on_store_failure != OnStoreFailure::kLocal) continue;
      backend.shares().settle(taken, taken.amount, 0);
    }
    return refusal;
  }
  return std::nullopt;
}

}  // namespace penstock::limits::remote
