#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/intrusive/set.hpp>

#include "limits/waiter.h"

namespace penstock::limits::internal {

/// All that wait, by the key that they are counted for. Knows who has the most, to whom a full
/// queue says no. Not thread-safe.
class Crowd {
 public:
  /// Throws std::bad_alloc; then it has not entered.
  void enter(Waiter& waiter, std::string_view who);
  void leave(Waiter& waiter) noexcept;
  std::size_t size() const noexcept { return size_; }

  /// Who should make room for one more of `who`: the last that came for the key which has the most,
  /// if it then still has as many as `who`. Null: nobody should.
  Waiter* rival_of(std::string_view who) noexcept;

 private:
  struct BySize {
    bool operator()(const Party& a, const Party& b) const noexcept {
      return a.waiters.size() < b.waiters.size();
    }
  };

  // Ordered, because keys come from clients and an ordered map cannot be flooded with collisions.
  std::map<std::string, Party, std::less<>> parties_;
  boost::intrusive::multiset<Party, boost::intrusive::compare<BySize>> by_size_;
  std::size_t size_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace penstock::limits::internal
