#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "penstock/result.h"

#include "schema/prefix_plan.h"
#include "schema/schema.h"

namespace penstock::schema {

/// A schema for whole texts and for texts that are still being written.
struct CompiledSchema {
  explicit CompiledSchema(Schema compiled) : schema(std::move(compiled)), prefix(schema.plan()) {}
  Schema schema;
  PrefixPlan prefix;
};

/// Schemas that came with requests, compiled once for as long as they are asked for: the one that
/// was not asked for longest goes first. Found by their whole text, never by a digest alone.
///
/// Thread-safe; a schema is compiled outside of the lock, so two threads may compile the same one.
class SchemaCache {
 public:
  using Pointer = std::shared_ptr<const CompiledSchema>;

  static constexpr std::size_t kMaxSchemas = 256;
  static constexpr std::size_t kMaxBytes = std::size_t{4} << 20;  // of all texts together
  /// A schema with a longer text is not compiled.
  static constexpr std::size_t kMaxTextBytes = std::size_t{256} << 10;

  explicit SchemaCache(std::size_t max_schemas = kMaxSchemas, std::size_t max_bytes = kMaxBytes)
      : max_schemas_(max_schemas), max_bytes_(max_bytes) {}

  /// Errors as Schema::compile, and for a text that is too long. Does not suspend.
  Result<Pointer> get(std::string_view text);
  /// Null for one that was not compiled yet or is gone.
  Pointer find(std::string_view text);
  std::size_t size() const;

 private:
  struct Entry {
    std::string text;
    Pointer schema;
  };
  using Entries = std::list<Entry>;  // the one that was asked for last is the first

  void put(std::string text, const Pointer& schema);
  void drop_last();

  const std::size_t max_schemas_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_text_;  // views of the entries' texts
  std::size_t bytes_ = 0;
};

}  // namespace penstock::schema
