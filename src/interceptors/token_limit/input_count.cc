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

std::uint64_t by_bytes(const Exchange& x) {
  return (x.body().size() + kBytesPerToken - 1) / kBytesPerToken;
}

}  // namespace

Result<InputCount> cap_input(Exchange& x, const RequestFacts& facts, const tokens::Models& models) {
  const json::Document* document = TRY(x.document());
  const std::uint64_t most =
      tokens::most_of_request(x.request.route, *document, model_of(facts, models));
  return InputCount{std::min(by_bytes(x), most), 0, most, false};
}

Result<InputCount> bound_input(InputCount capped, Exchange& x, const RequestFacts& facts,
                               const tokens::Models& models) {
  const json::Document* document = TRY(x.document());
  capped.least = tokens::least_of_request(x.request.route, *document, model_of(facts, models));
  capped.tokens = std::max(capped.tokens, capped.least);
  return capped;
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
