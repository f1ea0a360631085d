#include "limits/remote/remote_store.h"

#include <algorithm>
#include <utility>

#include "limits/remote/backend.h"
#include "limits/remote/held.h"
#include "limits/remote/lease.h"
#include "limits/remote/meter_list.h"
#include "limits/remote/wire.h"

namespace penstock::limits {

namespace remote {

namespace {

using Outcome = std::variant<Reservation, Refusal>;

__extension__ using Wide = unsigned __int128;

class RemoteStore final : public Store {
 public:
  RemoteStore(const RemoteOptions& options, std::shared_ptr<runtime::TlsContext> tls,
              const RemoteServices& services)
      : backend_(options, std::move(tls), services) {
    backend_.start([this] { tell_release(); },
                   [this] { leases_.give_back_idle(backend_.clock().now()); });
  }
  ~RemoteStore() override {
    leases_.give_back_all();
    backend_.finish();
  }

  Outcome reserve(std::span<const Claim> claims, Care care, Deadline deadline) override;
  std::vector<MeterView> list(const Limit& limit, std::string_view key_prefix,
                              std::size_t most) override {
    return list_meters(backend_, limit, key_prefix, most);
  }

 private:
  /// How the server answered: it holds the claims, or refuses them, or, with neither, nobody knows.
  struct Asked {
    std::string id{};
    std::unique_ptr<ServerHeld> held{};
    std::optional<Refusal> refusal{};
  };

  std::optional<Refusal> known_refusal(std::span<const Claim> claims, Care care) const;
  std::unique_ptr<Held> lend(std::span<const Claim> claims, Care care, Deadline deadline);
  bool lease(const Claim& claim, Deadline deadline);
  Asked ask(std::span<const Claim> claims, Care care, Deadline deadline);
  Call::Result run(const std::string& id, std::span<const Claim> claims, Care care,
                   Deadline deadline, Microseconds time);
  Refusal refused(std::span<const Claim> claims, const Answer& answer, MonotonicTime sent);
  Outcome fall_back(std::span<const Claim> claims, Care care, std::string id,
                    LocalHeld::Asked asked);

  mutable Backend backend_;
  Leases leases_{backend_};
};

Refusal not_ample(const Claim& claim, Standing standing) {
  return {Refusal::Why::kNotAmple, standing, claim.key, std::chrono::milliseconds(0)};
}

Outcome RemoteStore::reserve(std::span<const Claim> claims, Care care, Deadline deadline) {
  if (claims.empty()) return Reservation();
  if (auto refusal = known_refusal(claims, care)) return std::move(*refusal);
  if (backend_.options().lease) {
    if (auto lent = lend(claims, care, deadline)) return Reservation(std::move(lent));
  }
  if (backend_.breaker().is_open()) {
    return fall_back(claims, care, backend_.new_id(), LocalHeld::Asked::kNo);
  }
  Asked asked = ask(claims, care, deadline);
  if (asked.held) return Reservation(std::move(asked.held));
  if (asked.refusal) return std::move(*asked.refusal);
  return fall_back(claims, care, std::move(asked.id), LocalHeld::Asked::kYes);
}

/// Serves the claims out of slices, which it gets from the server where that pays; null: not so.
std::unique_ptr<Held> RemoteStore::lend(std::span<const Claim> claims, Care care,
                                        Deadline deadline) {
  const MonotonicTime now = backend_.clock().recent();
  const bool fit = std::all_of(claims.begin(), claims.end(), [&](const Claim& claim) {
    return claim.limit->algorithm == Algorithm::kBucket &&
           (care == Care::kTake || backend_.seen().is_ample(claim, now));
  });
  if (!fit) return nullptr;
  auto loans = leases_.lend(claims, now);
  if (!loans && !backend_.breaker().is_open()) {
    bool leased = false;
    for (const Claim& claim : claims) leased = lease(claim, deadline) || leased;
    if (leased) loans = leases_.lend(claims, backend_.clock().recent());
  }
  if (!loans) return nullptr;
  std::vector<Standing> standings;
  for (const Claim& claim : claims) {
    const auto left = backend_.seen().remaining(claim, now).value_or(0);
    standings.push_back({claim.limit, left, std::chrono::milliseconds(0)});
  }
  return std::make_unique<LentHeld>(leases_, std::move(*loans), std::move(standings));
}

/// Gets a slice of the claim's meter if it is worth one.
bool RemoteStore::lease(const Claim& claim, Deadline deadline) {
  Claim wanted = claim;
  wanted.amount = leases_.wanted(claim, backend_.clock().recent());
  if (wanted.amount == 0) return false;
  auto slice = std::make_shared<Slice>(wanted);
  Asked asked = ask(std::span(&slice->held, 1), Care::kTake, deadline);
  if (!asked.held) {
    leases_.give_up(claim.key);
    if (!asked.refusal) abandon(backend_, asked.id);
    return false;
  }
  slice->server = std::move(asked.held);
  leases_.add(std::move(slice), backend_.clock().recent());
  return true;
}

/// What is certain without asking.
std::optional<Refusal> RemoteStore::known_refusal(std::span<const Claim> claims, Care care) const {
  const MonotonicTime now = backend_.clock().now();  // not recent(): nothing is refused too long
  std::optional<Refusal> known;
  for (const Claim& claim : claims) {
    const auto left = backend_.seen().remaining(claim, now).value_or(claim.limit->capacity);
    const Standing standing{claim.limit, left, std::chrono::milliseconds(0)};
    const bool never = claim.amount > claim.limit->capacity;
    if (care == Care::kIfAmple) {
      if (never || backend_.seen().is_not_ample(claim, now)) return not_ample(claim, standing);
      continue;
    }
    if (never) {
      return Refusal{Refusal::Why::kNeverFits, standing, claim.key, std::chrono::milliseconds(0)};
    }
    auto refusal = backend_.seen().refusal(claim, now);
    if (refusal && (!known || refusal->retry_after > known->retry_after)) known = refusal;
  }
  return known;
}

RemoteStore::Asked RemoteStore::ask(std::span<const Claim> claims, Care care, Deadline deadline) {
  const MonotonicTime sent = backend_.clock().now();
  deadline.at = std::min(deadline.at, sent + backend_.options().timeout);
  Asked asked{backend_.new_id()};

  const Microseconds time = to_microseconds(backend_.clock().wall_now());
  Call::Result result = run(asked.id, claims, care, deadline, time);
  auto answer = result.ok() ? read_answer(result.reply, claims.size()) : std::nullopt;
  if (answer && answer->status == Answer::Status::kOtherPeriod) {  // by the server's clock
    result = run(asked.id, claims, care, deadline, answer->time);
    answer = result.ok() ? read_answer(result.reply, claims.size()) : std::nullopt;
  }
  if (result.failure == Call::Failure::kCancelled) {
    abandon(backend_, asked.id);
    asked.refusal = Refusal{Refusal::Why::kStoreDown, {claims[0].limit}, claims[0].key};
    return asked;
  }
  if (!answer || answer->meters.empty()) {
    backend_.breaker().failed(reason_of(result));
    return asked;
  }

  backend_.breaker().worked();
  for (std::size_t i = 0; i < claims.size(); ++i) {
    backend_.seen().note(claims[i], answer->meters[i], answer->time, sent);
  }
  if (answer->status == Answer::Status::kHeld) {
    asked.held = std::make_unique<ServerHeld>(backend_, asked.id, claims, *answer);
  } else {
    asked.refusal = refused(claims, *answer, sent);
  }
  return asked;
}

Call::Result RemoteStore::run(const std::string& id, std::span<const Claim> claims, Care care,
                              Deadline deadline, Microseconds time) {
  const auto call = backend_.call(backend_.scripts().reserve);
  call->add(id).add(microseconds_of(backend_.options().hold));
  std::string cares;
  for (const Claim& claim : claims) {
    // Any amount is ample where nothing need be counted.
    const bool careful = care == Care::kIfAmple && !limits::is_ample(*claim.limit, 0, 1);
    cares += careful ? '1' : '0';
  }
  call->add(cares);
  std::string words;
  for (const Claim& claim : claims) {
    const Periods periods = periods_at(*claim.limit, time);
    append_claim(words, claim, claim.amount, periods);
    append_word(words, std::to_string(periods.next_end));
  }
  call->add_encoded(words, claims.size() * (kClaimWords + 1));
  backend_.submit(call);
  return call->wait(deadline);
}

/// Of those that refuse, the one to wait longest for; of those that are not ample, the tightest.
Refusal RemoteStore::refused(std::span<const Claim> claims, const Answer& answer,
                             MonotonicTime sent) {
  Refusal worst;
  std::optional<std::size_t> tightest;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Limit& limit = *claims[i].limit;
    const Shown& shown = answer.meters[i];
    const Standing standing = standing_of(limit, shown, answer.time);
    if (answer.status == Answer::Status::kNotAmple) {
      const bool tighter = !tightest || Wide(standing.remaining) * worst.standing.limit->capacity <
                                            Wide(worst.standing.remaining) * limit.capacity;
      if (tighter) {
        worst = not_ample(claims[i], standing);
        tightest = i;
      }
      continue;
    }
    if (shown.fits) continue;
    backend_.seen().note_refusal(claims[i], shown, answer.time, sent);
    leases_.give_back(claims[i].key);  // with what we hold it may fit
    const auto wait = wait_for(limit, shown, claims[i].amount, answer.time);
    if (wait > worst.retry_after) {
      worst = {Refusal::Why::kNotNow, standing, claims[i].key, wait};
    }
  }
  return worst;
}

/// Decides without the server.
Outcome RemoteStore::fall_back(std::span<const Claim> claims, Care care, std::string id,
                               LocalHeld::Asked asked) {
  if (auto refusal = take_shares(backend_, claims)) {
    if (asked == LocalHeld::Asked::kYes) abandon(backend_, id);
    if (care == Care::kIfAmple && refusal->why == Refusal::Why::kNotNow) {
      refusal->why = Refusal::Why::kNotAmple;
    }
    return std::move(*refusal);
  }
  return Reservation(std::make_unique<LocalHeld>(backend_, std::move(id), asked,
                                                 std::vector<Claim>(claims.begin(), claims.end())));
}

}  // namespace
}  // namespace remote

Result<std::unique_ptr<Store>> make_remote_store(RemoteOptions options,
                                                 const RemoteServices& services) {
  std::shared_ptr<runtime::TlsContext> tls;
  if (options.tls) {
    TlsOptions files;
    files.ca_file = options.ca_file;
    tls = TRY(runtime::TlsContext::for_client(files));
  }
  return std::unique_ptr<Store>(
      std::make_unique<remote::RemoteStore>(options, std::move(tls), services));
}

}  // namespace penstock::limits
