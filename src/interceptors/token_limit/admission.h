#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "interceptors/token_limit/charge.h"
#include "interceptors/token_limit/rule.h"
#include "limits/store.h"

namespace penstock::token_limit {

/// An amount for each claim of a request.
using Amounts = boost::container::small_vector<std::uint64_t, 8>;

/// What one exchange asks of the limits, and then holds of them. Lives until the answer has ended.
/// One fiber uses it.
struct Admission {
  /// Those that apply to the exchange, in the order of the claims. The layer owns them.
  std::vector<const Rule*> rules;
  std::vector<limits::Claim> claims;
  const money::ModelPrice* price = nullptr;  // of the model, for limits on money
  Expected expected;
  limits::Reservation reservation;

  /// Of the claim on a limit, which is one of them.
  std::size_t index_of(const limits::Limit* limit) const noexcept {
    std::size_t index = 0;
    while (&rules[index]->limit != limit) ++index;
    return index;
  }
  std::uint64_t amount(const Rule& rule, const Spend& spend) const noexcept {
    return amount_of(rule, spend, price);
  }
  /// Claims what the rules count for it.
  void claim(const Spend& spend) {
    for (std::size_t i = 0; i < claims.size(); ++i) claims[i].amount = amount(*rules[i], spend);
  }
  Amounts amounts_of(const Spend& spend) const {
    Amounts amounts;
    for (const Rule* rule : rules) amounts.push_back(amount(*rule, spend));
    return amounts;
  }
  void settle(const Spend& spend) noexcept { reservation.settle(amounts_of(spend)); }
};

}  // namespace penstock::token_limit
