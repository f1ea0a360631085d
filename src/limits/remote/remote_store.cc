#include "limits/remote/remote_store.h"

#include <algorithm>
#include <utility>

#include "limits/remote/backend.h"
#include "limits/remote/held.h"
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
      : backend_(options, std::move(tls), services, [this] { tell_release(); }) {}

  Outcome reserve(std::span<const Claim> claims, Care care, Deadline deadline) override;
  std::vector<MeterView> list(const Limit& limit, std::string_view key_prefix,
                              std::size_t most) override {
    return list_meters(backend_, limit, key_prefix, most);
  }

 private:
  std::optional<Refusal> known_refusal(std::span<const Claim> claims, Care care) const;
  Outcome ask(std::span<const Claim> claims, Care care, Deadline deadline);
  Call::Result run(const std::string& id, std::span<const Claim> claims, Care care,
                   Deadline deadline, Microseconds time);
  Refusal refused(std::span<const Claim> claims, const Answer& answer, MonotonicTime sent);
  Outcome fall_back(std::span<const Claim> claims, Care care, std::string id,
                    LocalHeld::Asked asked);

  mutable Backend backend_;
};

Refusal not_ample(const Claim& claim, Standing standing) {
  return {Refusal::Why::kNotAmple, standing, claim.key, std::chrono::milliseconds(0)};
}

Outcome RemoteStore::reserve(std::span<const Claim> claims, Care care, Deadline deadline) {
  if (claims.empty()) return Reservation();
  if (auto refusal = known_refusal(claims, care)) return std::move(*refusal);
  if (backend_.breaker().is_open()) {
    return fall_back(claims, care, backend_.new_id(), LocalHeld::Asked::kNo);
  }
  return ask(claims, care, deadline);
}

/// What is certain without asking.
std::optional<Refusal> RemoteStore::known_refusal(std::span<const Claim> claims, Care care) const {
  const MonotonicTime now = backend_.clock().recent();
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

Outcome RemoteStore::ask(std::span<const Claim> claims, Care care, Deadline deadline) {
  const MonotonicTime sent = backend_.clock().now();
  deadline.at = std::min(deadline.at, sent + backend_.options().timeout);
  std::string id = backend_.new_id();

  Microseconds time = to_microseconds(backend_.clock().wall_now());
  Call::Result result = run(id, claims, care, deadline, time);
  auto answer = result.ok() ? read_answer(result.reply, claims.size()) : std::nullopt;
  if (answer && answer->status == Answer::Status::kOtherPeriod) {  // by the server's clock
    result = run(id, claims, care, deadline, answer->time);
    answer = result.ok() ? read_answer(result.reply, claims.size()) : std::nullopt;
  }
  if (result.failure == Call::Failure::kCancelled) {
    abandon(backend_, id);
    return Refusal{Refusal::Why::kStoreDown, {claims[0].limit}, claims[0].key};
  }
  if (!answer || answer->meters.empty()) {
    backend_.breaker().failed(reason_of(result));
    return fall_back(claims, care, std::move(id), LocalHeld::Asked::kYes);
  }

  backend_.breaker().worked();
  for (std::size_t i = 0; i < claims.size(); ++i) {
    backend_.seen().note(claims[i], answer->meters[i], answer->time, sent);
  }
  if (answer->status == Answer::Status::kHeld) {
    return Reservation(std::make_unique<ServerHeld>(backend_, std::move(id), claims, *answer));
  }
  return refused(claims, *answer, sent);
}

Call::Result RemoteStore::run(const std::string& id, std::span<const Claim> claims, Care care,
                              Deadline deadline, Microseconds time) {
  const auto call = backend_.call(backend_.scripts().reserve);
  call->add(id).add(microseconds_of(backend_.options().hold));
  call->add(care == Care::kIfAmple ? "1" : "0");
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
