// JSON Schema: a line with a schema, then an instance. Neither crashes the other; a verdict is the
// same each time, and `not` and `allOf` around the schema turn it round and keep it.

#include "schema/schema.h"

#include <optional>
#include <string>

#include "fuzz/input.h"
#include "fuzz/json_value.h"
#include "fuzz/require.h"
#include "json/document.h"

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
  check_inside(text.text(), *instance, *outcome);
  return 0;
}
