#pragma once

#include <optional>

#include "penstock/exchange.h"

#include "interceptors/json_schema/answer_fault.h"
#include "json/document.h"
#include "schema/schema.h"

namespace penstock::json_schema {

/// What a provider's answer must look like to be one: the schemas config/schemas/*_answer.json and
/// *_chunk.json. Immutable, thread-safe.
class WellFormed {
 public:
  /// Compiles the schemas that come with the program.
  WellFormed();

  std::optional<Fault> check_answer(Route route, const json::Document& answer) const;
  std::optional<Fault> check_chunk(Route route, const json::Document& chunk) const;

 private:
  schema::Schema chat_;
  schema::Schema chat_chunk_;
  schema::Schema completion_;
  schema::Schema embeddings_;
};

}  // namespace penstock::json_schema
