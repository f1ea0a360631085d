// JSON Schema: a line with a schema, then an instance. Neither crashes the other; a verdict is the
// same each time and for the exact reading of the text, `not` and `allOf` around the schema turn it
// round and keep it, and a slow evaluator that was written apart comes to the same one.

#include "schema/schema.h"

#include <optional>
#include <set>
#include <string>

#include "fuzz/input.h"
#include "fuzz/json_value.h"
#include "fuzz/require.h"
#include "json/document.h"
#include "schema/slow_validator.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

/// What a schema has against an instance, "" when nothing; nullopt: it took too many steps.
std::optional<std::string> verdict(const schema::Schema& schema, const json::Document& instance) {
  const auto violation = schema.validate(instance);
  if (!violation) return std::string();
  if (violation->keyword == "limit") return std::nullopt;
  require(!violation->message.empty(), "a violation says what is wrong");
  return violation->keyword + " " + violation->instance_path + " " + violation->schema_path;
}

/// References are resolved from the root, and `$schema` may stand there only: a schema with one of
/// these cannot be put inside of another.
void check_inside(std::string_view text, const json::Document& instance,
                  const std::string& outcome) {
  if (text.find('$') != std::string_view::npos || text.find('\\') != std::string_view::npos) return;
  const auto negated = schema::Schema::compile("{\"not\":" + std::string(text) + "}");
  const auto kept = schema::Schema::compile("{\"allOf\":[" + std::string(text) + "]}");
  if (!negated || !kept) return;  // nested too deep
  const auto opposite = verdict(*negated, instance);
  const auto same = verdict(*kept, instance);
  if (opposite) require(opposite->empty() != outcome.empty(), "`not` turns a verdict round");
  if (same) require(same->empty() == outcome.empty(), "`allOf` keeps a verdict");
}

/// The exact reader keeps what a Document rounds, so only texts without numbers are compared.
void check_exact(const schema::Schema& schema, std::string_view text, const std::string& outcome) {
  const auto exact = schema.validate_text(text);
  require(exact.has_value(), "what is JSON is JSON for the exact reader too");
  const bool same = exact->has_value() == !outcome.empty();
  const bool limited = exact->has_value() && (*exact)->keyword == "limit";
  const bool has_numbers = text.find_first_of("0123456789") != std::string_view::npos;
  require(same || limited || has_numbers, "the exact reader comes to the same verdict");
}

/// Of two members with one name the slow evaluator sees one.
bool has_duplicates(simdjson::dom::element value) {
  if (value.is_array()) {
    for (const auto items = value.get_array().value_unsafe(); const auto item : items) {
      if (has_duplicates(item)) return true;
    }
  }
  if (!value.is_object()) return false;
  std::set<std::string_view> names;
  for (const auto members = value.get_object().value_unsafe(); const auto field : members) {
    if (!names.insert(field.key).second || has_duplicates(field.value)) return true;
  }
  return false;
}

void check_against_slow(std::string_view schema_text, const json::Document& instance,
                        const std::string& outcome) {
  const std::string copy = padded(schema_text);
  const auto schema = json::Document::parse(copy);  // it may hold numbers beyond 64 bits
  if (!schema || has_duplicates(schema->root()) || has_duplicates(instance.root())) return;
  const auto slow =
      schema::test::slow_verdict(to_nlohmann(schema->root()), to_nlohmann(instance.root()));
  if (slow) require(*slow == outcome.empty(), "the slow evaluator agrees");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const ExactCopy text(input.line());
  const std::string copy = padded(input.rest());
  const auto schema = schema::Schema::compile(text.text());
  if (!schema) {
    require(!schema.error().detail.empty() || !schema.error().public_message.empty(),
            "a refused schema is told why");
    return 0;
  }
  const auto instance = json::Document::parse(copy);
  if (!instance) return 0;
  const auto outcome = verdict(*schema, *instance);
  if (!outcome) return 0;
  require_equal(verdict(*schema, *instance).value_or("?"), *outcome, "a verdict is repeated");
  check_exact(*schema, copy, *outcome);
  check_inside(text.text(), *instance, *outcome);
  check_against_slow(text.text(), *instance, *outcome);
  return 0;
}
