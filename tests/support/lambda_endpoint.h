#pragma once

#include <functional>
#include <utility>

#include "penstock/interceptor.h"

namespace penstock::test {

/// The end of a chain as a lambda.
class LambdaEndpoint final : public Endpoint {
 public:
  explicit LambdaEndpoint(std::function<Result<Response>(Exchange&)> fn) : fn_(std::move(fn)) {}
  Result<Response> call(Exchange& x) const override { return fn_(x); }

 private:
  std::function<Result<Response>(Exchange&)> fn_;
};

/// Runs one interceptor with `next` as the rest of the chain.
inline Result<Response> run(const Interceptor& interceptor, Exchange& x,
                            std::function<Result<Response>(Exchange&)> next) {
  const LambdaEndpoint endpoint(std::move(next));
  return interceptor.handle(x, Next({}, endpoint));
}

/// A whole answer of that status.
inline Response reply(int status, std::string body = {}, Usage usage = {}) {
  Response response;
  response.status = status;
  response.body = Body(std::move(body), usage);
  return response;
}

}  // namespace penstock::test
