#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::schema {

/// The parts of a URI reference, RFC 3986 appendix B: nothing is decoded or checked. Views into the
/// text that was split.
struct UriParts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

UriParts split_uri(std::string_view text);

/// What a reference means where `base` is the address of the text that it stands in, RFC 3986
/// section 5.2. An empty base leaves it as it is.
std::string resolve_uri(std::string_view base, std::string_view reference);

/// The URI without its fragment.
std::string_view without_fragment(std::string_view uri);

/// Percent-decoded, RFC 3986 section 2.1. nullopt: a `%` that no two hexadecimal digits follow.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace penstock::schema
