#include "schema/uri.h"

#include <algorithm>
#include <charconv>

namespace penstock::schema {

namespace {

// Takes what stands before the first of `marks`.
std::string_view take_until(std::string_view& text, std::string_view marks) {
  const std::string_view taken = text.substr(0, text.find_first_of(marks));
  text.remove_prefix(taken.size());
  return taken;
}

// RFC 3986 section 5.2.4, on whole segments.
std::string without_dot_segments(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    const bool rooted = path.front() == '/';
    const std::size_t end = std::min(path.find('/', rooted ? 1 : 0), path.size());
    const std::string_view segment = path.substr(rooted ? 1 : 0, end - (rooted ? 1 : 0));
    const bool last = end == path.size();
    if (segment == ".." || segment == ".") {
      const std::size_t slash = clean.rfind('/');
      if (segment == "..") clean.resize(slash == std::string::npos ? 0 : slash);
      if (last && rooted) clean += '/';
    } else {
      clean.append(path.substr(0, end));
    }
    path.remove_prefix(end);
  }
  return clean;
}

// RFC 3986 section 5.2.3.
std::string merged(const UriParts& base, std::string_view path) {
  if (base.authority && base.path.empty()) return "/" + std::string(path);
  return std::string(base.path.substr(0, base.path.rfind('/') + 1)) + std::string(path);
}

std::string joined(const UriParts& parts, const UriParts& authority, std::string_view path) {
  std::string text;
  if (parts.scheme) text.append(*parts.scheme) += ':';
  if (authority.authority) text.append("//").append(*authority.authority);
  return text.append(path);
}

}  // namespace

UriParts split_uri(std::string_view text) {
  UriParts parts;
  const std::size_t colon = text.find_first_of(":/?#");
  if (colon != std::string_view::npos && colon > 0 && text[colon] == ':') {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    parts.authority = take_until(text, "/?#");
  }
  parts.path = take_until(text, "?#");
  if (text.starts_with('?')) {
    text.remove_prefix(1);
    parts.query = take_until(text, "#");
  }
  if (text.starts_with('#')) parts.fragment = text.substr(1);
  return parts;
}

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  const UriParts base = split_uri(base_text);
  const UriParts to = split_uri(reference);
  std::string uri;
  std::optional<std::string_view> query = to.query;
  if (to.scheme) {
    uri = joined(to, to, without_dot_segments(to.path));
  } else if (to.authority) {
    uri = joined(base, to, without_dot_segments(to.path));
  } else if (to.path.empty()) {
    uri = joined(base, base, base.path);
    if (!query) query = base.query;
  } else if (to.path.starts_with('/')) {
    uri = joined(base, base, without_dot_segments(to.path));
  } else {
    uri = joined(base, base, without_dot_segments(merged(base, to.path)));
  }
  if (query) uri.append("?").append(*query);
  if (to.fragment) uri.append("#").append(*to.fragment);
  return uri;
}

std::string_view without_fragment(std::string_view uri) {
  return uri.substr(0, uri.find('#'));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    const std::string_view digits = text.substr(at + 1, 2);
    unsigned value = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    if (digits.size() < 2 || end != digits.data() + 2) return std::nullopt;
    decoded += static_cast<char>(value);
    at += 2;
  }
  return decoded;
}

}  // namespace penstock::schema
