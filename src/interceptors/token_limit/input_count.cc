#include "interceptors/token_limit/input_count.h"

#include <algorithm>
#include <cstddef>

#include "json/document.h"
#include "runtime/offload.h"
#include "tokens/request_count.h"

namespace penstock::token_limit {

namespace {

/// Up to some 1.5 ms, with hostile text.
constexpr std::size_t kMostOnTheLoop = 32 << 10;
constexpr std::uint64_t kBytesPerToken = 4;

const tokens::Model& model_of(const RequestFacts& facts, const tokens::Models& models) {
  return models.find(facts.target.model.empty() ? facts.model : facts.target.model);
}

}  // namespace

Result<InputCount> bound_input(Exchange& x, const RequestFacts& facts,
                               const tokens::Models& models) {
  const json::Document* document = TRY(x.document());
  const tokens::ChatBounds bounds =
      tokens::bound_request(x.request.route, *document, model_of(facts, models));
  const std::uint64_t usual = (x.body().size() + kBytesPerToken - 1) / kBytesPerToken;
  return InputCount{std::clamp(usual, bounds.least, bounds.most), bounds.least, bounds.most, false};
}

Result<InputCount> count_input(Exchange& x, const RequestFacts& facts,
                               const tokens::Models& models) {
  const json::Document* document = TRY(x.document());
  const tokens::Model& model = model_of(facts, models);
  tokens::ChatCount count;
  const auto work = [&] { count = tokens::count_request(x.request.route, *document, model); };
  if (x.body().size() <= kMostOnTheLoop) {
    work();
  } else {
    runtime::offload(work);
  }
  return InputCount{count.tokens, count.tokens, count.most, true};
}

}  // namespace penstock::token_limit
