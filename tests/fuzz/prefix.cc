// A JSON text that is still being written, held to a schema: a line with the schema, then the text.
// No cut changes where it is refused, what fits as a whole is never refused on the way, and what is
// refused never fits.

#include <optional>
#include <string>

#include "fuzz/input.h"
#include "fuzz/json_value.h"
#include "fuzz/require.h"
#include "json/document.h"
#include "schema/prefix_validator.h"
#include "schema/schema.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

/// What became of a text in these pieces, and where.
std::string follow(const schema::PrefixPlan& plan, const Pieces& pieces) {
  schema::PrefixValidator prefix(plan);
  std::optional<schema::Violation> violation;
  for (const auto piece : pieces) {
    const ExactCopy copy(piece);
    violation = prefix.feed(copy.text());
    if (violation) break;
  }
  if (!violation) violation = prefix.finish();
  if (!violation) {
    require(prefix.complete(), "a text that is fine to its end is whole");
    return "fine";
  }
  require(!violation->message.empty(), "a violation says what is wrong");
  return "refused at " + std::to_string(prefix.offset()) + " " + violation->keyword + " " +
         violation->instance_path;
}

enum class Whole { kFits, kDoesNot, kUnknown };

Whole judge(const schema::Schema& schema, std::string_view text) {
  const std::string copy = padded(text);
  const auto document = json::Document::parse(copy);
  if (!document) return Whole::kDoesNot;
  const auto violation = schema.validate(*document);
  if (!violation) return Whole::kFits;
  return violation->keyword == "limit" ? Whole::kUnknown : Whole::kDoesNot;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Cuts cuts(input);
  const ExactCopy written(input.line());
  const auto schema = schema::Schema::compile(written.text());
  if (!schema) return 0;
  const schema::PrefixPlan plan(schema->plan());
  const auto text = input.rest();
  const std::string outcome = follow(plan, {text});
  require(judge(*schema, text) != Whole::kFits || outcome == "fine",
          "what fits as a whole is not refused on the way");
  for (const Pieces& pieces : cuts.of(text)) {
    require_equal(follow(plan, pieces), outcome, "cuts change nothing");
  }
  return 0;
}
