#include <algorithm>

#include "penstock/headers.h"

#include "http/ascii.h"
#include "http/path.h"
#include "http/protocol_error.h"
#include "http/url.h"

namespace penstock::http {

namespace {

using internal::malformed;

constexpr std::size_t kMaxQueryBytes = 8 * 1024;
// RFC 3986 section 3.4, and what browsers leave unescaped besides.
constexpr internal::ByteSet kQueryBytes(internal::kAlphanumeric, "-._~!$&'()*+,;=:@/?%[]{}|^`");

bool starts_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// Takes "http://authority" off an absolute-form target; what remains starts with `/`, `?` or is
/// empty.
Result<std::string_view> strip_authority(std::string_view target, std::string_view host) {
  std::string_view rest;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (starts_ignoring_case(target, scheme)) rest = target.substr(scheme.size());
  }
  if (rest.empty()) return malformed("the request target is neither a path nor an http URL");
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || !equals_ignoring_case(authority, host)) {
    return malformed("the host in the request target differs from the Host field");
  }
  return rest.substr(authority.size());
}

Result<std::string> read_query(std::string_view query) {
  if (query.size() > kMaxQueryBytes) {
    return internal::protocol_error(ErrorKind::kUriTooLong, "the query is longer than 8 KiB");
  }
  if (!kQueryBytes.has_all(query)) return malformed("the query holds a byte not allowed there");
  return std::string(query);
}

}  // namespace

Result<Target> parse_target(std::string_view method, std::string_view target,
                            std::string_view host) {
  if (target == "*" && method == "OPTIONS") return Target{"*", {}};
  if (!target.starts_with('/')) target = TRY(strip_authority(target, host));
  if (target.find('#') != std::string_view::npos) {
    return malformed("the request target holds a fragment");
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, mark);
  Target result;
  result.path = TRY(internal::canonical_path(path.empty() ? "/" : path));
  if (mark < target.size()) result.query = TRY(read_query(target.substr(mark + 1)));
  return result;
}

}  // namespace penstock::http
