#include "chain/factory.h"
#include "interceptors/auth/auth.h"
#include "interceptors/header/header.h"
#include "interceptors/json_schema/json_schema.h"
#include "interceptors/log/log.h"
#include "interceptors/token_limit/token_limit.h"

namespace penstock {

std::span<const InterceptorKind> interceptor_kinds() {
  static constexpr InterceptorKind kKinds[] = {
      {"auth", make_auth}, {"header", make_header},           {"json_schema", make_json_schema},
      {"log", make_log},   {"token_limit", make_token_limit},
  };
  return kKinds;
}

}  // namespace penstock
