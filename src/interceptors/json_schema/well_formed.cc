#include "interceptors/json_schema/well_formed.h"

#include <utility>

#include "base/check.h"
#include "schema/builtin.h"

namespace penstock::json_schema {

namespace {

schema::Schema compile_builtin(std::string_view name) {
  auto compiled = schema::Schema::compile(schema::builtin(name));
  PENSTOCK_CHECK(compiled.has_value(), "the built-in schemas compile, as the tests show");
  return std::move(*compiled);
}

std::optional<Fault> check(const schema::Schema& schema, const json::Document& text) {
  auto violation = schema.validate(text);
  if (!violation) return std::nullopt;
  return Fault{Fault::Kind::kMalformed, std::move(violation->instance_path),
               std::move(violation->message), std::nullopt, ""};
}

}  // namespace

WellFormed::WellFormed()
    : chat_(compile_builtin("chat_completions_answer")),
      chat_chunk_(compile_builtin("chat_completions_chunk")),
      completion_(compile_builtin("completions_answer")),
      embeddings_(compile_builtin("embeddings_answer")) {}

std::optional<Fault> WellFormed::check_answer(Route route, const json::Document& answer) const {
  if (route == Route::kChatCompletions) return check(chat_, answer);
  if (route == Route::kCompletions) return check(completion_, answer);
  return route == Route::kEmbeddings ? check(embeddings_, answer) : std::nullopt;
}

std::optional<Fault> WellFormed::check_chunk(Route route, const json::Document& chunk) const {
  if (route == Route::kChatCompletions) return check(chat_chunk_, chunk);
  return route == Route::kCompletions ? check(completion_, chunk) : std::nullopt;
}

}  // namespace penstock::json_schema
