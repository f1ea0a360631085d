#pragma once

#include <exception>
#include <memory>
#include <span>

#include "penstock/exchange.h"
#include "penstock/response.h"
#include "penstock/result.h"

namespace penstock {

class Next;

/// A layer of the chain, an onion around `next`. Const after construction; one instance is shared
/// by the fibers of all event loops, so it must be thread-safe.
class Interceptor {
 public:
  virtual ~Interceptor() = default;
  /// Answer, or call `next` (0, 1 or several times) and pass its result on. May suspend. `next`
  /// returns when the head of the answer is known, not when its body ended: end-of-body work goes
  /// to `r->body.on_finish`.
  virtual Result<Response> handle(Exchange& x, Next next) const = 0;
};

/// The end of the chain: what gets the answer from an upstream. Same rules as an interceptor.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual Result<Response> call(Exchange& x) const = 0;
};

/// The rest of the chain, as a view: copy it freely while the chain lives.
///
/// No exception crosses a layer's boundary: whatever is thrown further in, such as std::bad_alloc,
/// arrives as an error, so that each layer gives back what it holds and records how it ended.
class Next {
 public:
  Next(std::span<const std::unique_ptr<Interceptor>> rest, const Endpoint& endpoint)
      : rest_(rest), endpoint_(&endpoint) {}

  Result<Response> operator()(Exchange& x) const {
    try {
      if (rest_.empty()) return endpoint_->call(x);
      return rest_.front()->handle(x, Next(rest_.subspan(1), *endpoint_));
    } catch (const std::exception&) {
      return error_of_exception();
    }
  }

 private:
  std::span<const std::unique_ptr<Interceptor>> rest_;
  const Endpoint* endpoint_;
};

}  // namespace penstock
