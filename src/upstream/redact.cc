#include "upstream/redact.h"

#include <cstddef>

namespace penstock::upstream {

namespace {

// Shorter ones are words of a language rather than ids.
constexpr std::size_t kMinIdBytes = 8;

bool is_id_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  if (what.empty()) return;
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// Where the id behind a prefix ends; `at` when it is none.
std::size_t end_of_id(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_id_byte(text[end])) ++end;
  return end - at < kMinIdBytes ? at : end;
}

void replace_ids(std::string& text, std::string_view prefix) {
  for (std::size_t at = text.find(prefix); at != std::string::npos;
       at = text.find(prefix, at + 1)) {
    const std::size_t begin = at + prefix.size();
    const std::size_t end = end_of_id(text, begin);
    if (end != begin && (at == 0 || !is_id_byte(text[at - 1]))) {
      text.replace(at, end - at, "[account]");
    }
  }
}

}  // namespace

std::string redact(std::string_view text, const config::UpstreamOptions& upstream) {
  std::string redacted(text);
  replace_all(redacted, upstream.api_key.reveal(), "[key]");
  if (!upstream.base_url.host.empty()) {
    replace_all(redacted, upstream.base_url.authority(), "[upstream]");
  }
  if (upstream.passthrough) return redacted;
  for (const std::string_view prefix : {"org-", "proj_"}) replace_ids(redacted, prefix);
  return redacted;
}

}  // namespace penstock::upstream
