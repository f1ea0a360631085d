#include "limits/buckets.h"

#include <utility>

#include "limits/table.h"

namespace penstock::limits {

Reservation::Reservation(Reservation&& other) noexcept
    : table_(std::exchange(other.table_, nullptr)),
      holds_(std::exchange(other.holds_, {})),
      amount_(std::exchange(other.amount_, 0)),
      settled_(std::exchange(other.settled_, true)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  drop();
  table_ = std::exchange(other.table_, nullptr);
  holds_ = std::exchange(other.holds_, {});
  amount_ = std::exchange(other.amount_, 0);
  settled_ = std::exchange(other.settled_, true);
  return *this;
}

Reservation::~Reservation() {
  drop();
}

void Reservation::settle(std::uint64_t used) {
  if (std::exchange(settled_, true)) return;
  table_->settle(*this, used);
}

Standing Reservation::tightest() const {
  return table_ == nullptr ? Standing{} : table_->tightest(*this);
}

void Reservation::drop() noexcept {
  if (holds_.empty()) return;
  settle(0);
  table_->release(*this);
}

Buckets::Buckets(const Clock& clock, std::size_t max_buckets)
    : table_(std::make_unique<internal::Table>(clock, max_buckets)) {}

Buckets::~Buckets() = default;

std::variant<Reservation, Refusal> Buckets::reserve(std::span<const Claim> claims,
                                                    std::uint64_t amount) {
  return table_->reserve(claims, amount);
}

std::vector<BucketView> Buckets::list(std::string_view key_prefix, std::size_t most) const {
  return table_->list(key_prefix, most);
}

Standing Buckets::look(const Claim& claim) const {
  return table_->look(claim);
}

std::size_t Buckets::size() const {
  return table_->size();
}

}  // namespace penstock::limits
