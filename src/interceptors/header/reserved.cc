#include "interceptors/header/reserved.h"

#include <algorithm>
#include <initializer_list>

#include "penstock/headers.h"

namespace penstock::header {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view each) { return equals_ignoring_case(name, each); });
}

bool is_of_connection(std::string_view name) {
  constexpr std::string_view kProxy = "proxy-";
  return equals_ignoring_case(name.substr(0, kProxy.size()), kProxy) ||
         is_one_of(name, {"connection", "content-length", "expect", "host", "keep-alive", "te",
                          "trailer", "transfer-encoding", "upgrade"});
}

}  // namespace

const char* why_not_removed(std::string_view name, Side side) noexcept {
  if (equals_ignoring_case(name, "content-encoding") ||
      (side == Side::kRequest && equals_ignoring_case(name, "content-type"))) {
    return "says what the body is, and the body stays as it is";
  }
  return nullptr;
}

const char* why_not_written(std::string_view name, Side side) noexcept {
  if (is_of_connection(name)) return "belongs to the connection, which the gateway keeps itself";
  if (side == Side::kRequest) {
    if (is_one_of(name, {"api-key", "authorization", "x-api-key"})) {
      return "carries a credential; that is what `api_key` of the upstream is for";
    }
    if (equals_ignoring_case(name, "accept-encoding")) {
      return "would let the upstream compress what the gateway has to read";
    }
  }
  return why_not_removed(name, side);
}

}  // namespace penstock::header
