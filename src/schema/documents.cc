#include <utility>

#include "schema/exact_text.h"
#include "schema/schema.h"
#include "schema/uri.h"

namespace penstock::schema {

Result<void> Documents::add(std::string_view uri, std::string_view text) {
  const std::string found_at(without_fragment(uri));
  const std::string quoted = "`" + found_at + "`";
  if (!split_uri(found_at).scheme) {
    return internal_error("the URI " + quoted + " of a schema is not absolute");
  }
  auto exact = ExactText::parse(text);
  if (!exact) {
    return internal_error("the schema " + quoted +
                          " cannot be read: " + exact.error().public_message);
  }
  const auto shared = std::make_shared<const ExactText>(std::move(*exact));
  if (!texts_.emplace(found_at, shared).second) {
    return internal_error("two schemas have the URI " + quoted);
  }
  std::string_view id;
  const auto root = shared->root();
  if (!root.is_object() || root.at_key("$id").get(id) != simdjson::SUCCESS) return {};
  const std::string named(without_fragment(resolve_uri(found_at, id)));
  const auto [entry, fresh] = texts_.emplace(named, shared);
  if (!fresh && entry->second != shared) {
    texts_.erase(found_at);
    return internal_error("two schemas have the URI `" + named + "`");
  }
  return {};
}

std::shared_ptr<const ExactText> Documents::find(std::string_view uri) const {
  const auto found = texts_.find(uri);
  return found == texts_.end() ? nullptr : found->second;
}

}  // namespace penstock::schema
