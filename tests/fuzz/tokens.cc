// Tokenizers: an encoding, then a text. Ours agrees with one by the book, gives the same bytes
// back, and keeps to its bounds. Longer texts than the slow one can take are held to the rest
// alone.

#include <memory>
#include <string>

#include "fuzz/input.h"
#include "fuzz/require.h"
#include "tokens/reference.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

constexpr const char* kNames[] = {"o200k_base", "cl100k_base", "p50k_base", "r50k_base"};
constexpr std::size_t kMostForTheBook = 600;  // bytes; the book recurses

const tokens::testing::Reference& book(std::size_t which) {
  static std::unique_ptr<tokens::testing::Reference> books[4];
  if (!books[which]) {
    books[which] =
        std::make_unique<tokens::testing::Reference>(*tokens::Encoding::find(kNames[which]));
  }
  return *books[which];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::size_t which = input.option(4);
  const ExactCopy text(input.rest());
  const tokens::Encoding& encoding = *tokens::Encoding::find(kNames[which]);

  const std::vector<tokens::TokenId> ids = encoding.encode(text.text());
  require(encoding.count(text.text()) == ids.size(), "a count is that of the tokens");
  require_equal(encoding.decode(ids), text.text(), "tokens give the text back");
  require(ids.size() >= tokens::least_tokens(text.text()), "the lower bound holds");
  require(ids.size() <= tokens::most_tokens(text.text().size()), "the upper bound holds");
  if (text.text().size() > kMostForTheBook) return 0;
  require(ids == book(which).encode(text.text()), "a tokenizer by the book finds the same tokens");
  return 0;
}
