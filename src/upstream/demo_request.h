#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

#include "json/document.h"

namespace penstock::upstream {

/// What the demo upstream looks at in a chat request, besides the facts.
struct DemoQuestion {
  std::string text;  // of the last user message, bounded
  std::uint64_t input_tokens = 0;
  std::vector<std::string> stops;
  std::optional<std::string> tool;  // the function that must be called
  bool wants_json = false;
};

/// Lenient: what has another shape than expected counts as absent. Error: kInvalidRequest,
/// tool_choice names a function that tools does not hold. Never suspends.
Result<DemoQuestion> read_demo_question(const json::Document& document);

/// The inputs of an embeddings request.
struct DemoInputs {
  std::vector<std::string> texts;
  std::uint64_t tokens = 0;
  bool base64 = false;
};
/// Error: kInvalidRequest, no input, or more than 2,048. Never suspends.
Result<DemoInputs> read_demo_inputs(const json::Document& document);

/// The demo's idea of a token: four bytes.
constexpr std::uint64_t demo_tokens(std::size_t bytes) {
  return (bytes + 3) / 4;
}

}  // namespace penstock::upstream
