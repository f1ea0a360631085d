#include "schema/schema_cache.h"

#include <utility>

namespace penstock::schema {

Result<SchemaCache::Pointer> SchemaCache::get(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return internal_error("the schema is longer than " + std::to_string(kMaxTextBytes) + " bytes");
  }
  if (Pointer known = find(text)) return known;
  Pointer fresh = std::make_shared<const CompiledSchema>(TRY(Schema::compile(text)));
  put(std::string(text), fresh);
  return fresh;
}

std::size_t SchemaCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

SchemaCache::Pointer SchemaCache::find(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto known = by_text_.find(text);
  if (known == by_text_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, known->second);
  return known->second->schema;
}

void SchemaCache::put(std::string text, const Pointer& schema) {
  const std::lock_guard lock(mutex_);
  if (by_text_.contains(text)) return;
  bytes_ += text.size();
  entries_.push_front({std::move(text), schema});
  by_text_.emplace(entries_.front().text, entries_.begin());
  while (entries_.size() > max_schemas_ || bytes_ > max_bytes_) drop_last();
}

void SchemaCache::drop_last() {
  by_text_.erase(entries_.back().text);
  bytes_ -= entries_.back().text.size();
  entries_.pop_back();
}

}  // namespace penstock::schema
