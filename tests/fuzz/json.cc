// Reading JSON. We accept what nlohmann accepts within our stricter rules, and read the same; the
// search for the fault agrees with the parser; whatever is quoted can be read back.

#include <string>

#include "fuzz/input.h"
#include "fuzz/json_value.h"
#include "fuzz/require.h"
#include "json/document.h"
#include "json/fault.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

void check_text(std::string_view text) {
  const std::string copy = padded(text);
  const auto document = json::Document::parse(copy);
  const auto wanted = read_by_nlohmann(text);
  require(document.has_value() == wanted.has_value(), "nlohmann accepts the same texts");
  if (document) require(to_nlohmann(document->root()) == *wanted, "nlohmann reads the same value");

  const ExactCopy exact(text);
  const auto fault = json::find_fault(exact.text());
  // It does not judge the range of numbers with a negative exponent.
  const bool may_miss =
      text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
  require(fault.has_value() != document.has_value() || (!document && may_miss),
          "a text has a fault when it is refused");
  if (fault) require(fault->at <= text.size(), "a fault lies inside of the text");
}

void check_quoted(std::string_view text) {
  const ExactCopy exact(text);
  std::string quoted;
  json::append_quoted(quoted, exact.text());
  const auto read = nlohmann::json::parse(quoted, nullptr, false);
  require(read.is_string(), "what was quoted is a JSON string");
  if (!simdjson::validate_utf8(text.data(), text.size())) return;
  require_equal(read.get_ref<const std::string&>(), text, "what was quoted is read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = Input(data, size).rest();
  check_text(text);
  check_quoted(text);
  return 0;
}
