#include "interceptors/token_limit/scope.h"

#include <algorithm>
#include <optional>

#include "interceptors/token_limit/text.h"
#include "json/document.h"

namespace penstock::token_limit {

namespace {

using Kind = Dimension::Kind;

void append_part(std::string& key, std::string_view part) {
  constexpr std::size_t kMostBytes = 256;
  key += '\0';
  key += part.substr(0, kMostBytes);
}

/// The API's name for it is safety_identifier now, and was user.
Result<std::string_view> user_of(Exchange& x) {
  if (x.body().empty()) return std::string_view();
  const json::Document* document = TRY(x.document());
  for (const std::string_view name : {"safety_identifier", "user"}) {
    std::string_view user;
    if (document->root()[name].get_string().get(user) == simdjson::SUCCESS) return user;
  }
  return std::string_view();
}

std::string_view header_of(const Exchange& x, const Dimension& dimension) {
  return x.request.headers.get(dimension.header).value_or(std::string_view());
}

std::string quoted(std::string_view what, std::string_view name) {
  return std::string(what) + " `" + shortened(name) + "`";
}

std::string subject(const Dimension& dimension, Exchange& x, const RequestFacts& facts) {
  switch (dimension.kind) {
    case Kind::kKey:
      return quoted("key", x.principal->name);
    case Kind::kModel:
      return quoted("model", facts.model);
    case Kind::kUpstream:
      return quoted("upstream", facts.target.upstream);
    case Kind::kHeader:
      return quoted(dimension.header, header_of(x, dimension));
    case Kind::kUser:
      break;
  }
  const auto user = user_of(x);
  return quoted("user", user ? *user : std::string_view());
}

}  // namespace

Result<std::string> meter_key(const Rule& rule, Exchange& x, const RequestFacts& facts) {
  std::string key = rule.prefix;
  for (const Dimension& dimension : rule.per) {
    switch (dimension.kind) {
      case Kind::kKey:
        append_part(key, x.principal->id);
        break;
      case Kind::kModel:
        append_part(key, facts.target.upstream);
        // Without a target there will be no answer: such names share a meter and cannot make more.
        if (!facts.target.upstream.empty()) append_part(key, facts.target.model);
        break;
      case Kind::kUpstream:
        append_part(key, facts.target.upstream);
        break;
      case Kind::kHeader:
        append_part(key, header_of(x, dimension));
        break;
      case Kind::kUser:
        append_part(key, TRY(user_of(x)));
        break;
    }
  }
  return key;
}

std::string subject(const Rule& rule, Exchange& x, const RequestFacts& facts) {
  std::string text;
  for (const Dimension& dimension : rule.per) {
    if (!text.empty()) text += " and ";
    text += subject(dimension, x, facts);
  }
  return text.empty() ? "this gateway" : text;
}

std::string meter_subject(std::string_view rest_of_key) {
  if (rest_of_key.empty()) return "everything";
  std::string subject(rest_of_key.substr(1));
  std::replace(subject.begin(), subject.end(), '\0', ' ');
  return subject;
}

}  // namespace penstock::token_limit
