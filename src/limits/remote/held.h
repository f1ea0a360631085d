#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "limits/remote/backend.h"
#include "limits/remote/wire.h"
#include "limits/store.h"

namespace penstock::limits::remote {

/// Amounts that the server holds for one reservation.
class ServerHeld final : public Held, private Live::Node {
 public:
  /// `answer`: what the server said when it held them.
  ServerHeld(Backend& backend, std::string reservation, std::span<const Claim> claims,
             const Answer& answer);
  ~ServerHeld() override;

  bool extend(std::span<const std::uint64_t> more, Deadline deadline) override;
  void settle(std::span<const std::uint64_t> used) noexcept override;
  std::vector<Standing> standings() const override { return standings_; }

  /// kUnasked: the server could not be asked, or has not answered.
  enum class Extended { kYes, kNo, kUnasked };
  Extended try_extend(std::span<const std::uint64_t> more, Deadline deadline);
  /// Of a single claim: ends the hold of a part of it and charges what was used of that.
  void settle_part(std::uint64_t amount, std::uint64_t used) noexcept;

 private:
  struct Part {
    const Limit* limit;
    std::uint64_t amount;
  };
  Backend& backend_;
  std::vector<Part> parts_;
  std::vector<Standing> standings_;  // as the server told last, and what was settled since
};

/// Amounts that this process granted by itself because the server could not be asked.
class LocalHeld final : public Held, private Live::Node {
 public:
  /// Whether the server was asked for them, and its answer not heard: it may hold them.
  enum class Asked { kNo, kYes };
  LocalHeld(Backend& backend, std::string reservation, Asked asked, std::vector<Claim> claims);
  ~LocalHeld() override { backend_.live().remove(*this); }

  bool extend(std::span<const std::uint64_t> more, Deadline deadline) override;
  void settle(std::span<const std::uint64_t> used) noexcept override;
  std::vector<Standing> standings() const override;

 private:
  Backend& backend_;
  const Asked asked_;
  std::vector<Claim> claims_;
  const Microseconds granted_at_;
};

/// Has the server end a reservation of which nobody knows whether it was made.
void abandon(Backend& backend, const std::string& id) noexcept;

/// Takes the claims from this process's own shares where their limits say so. A closed limit
/// refuses, and so does a share without enough left; then nothing is taken.
std::optional<Refusal> take_shares(Backend& backend, std::span<const Claim> claims);

}  // namespace penstock::limits::remote
