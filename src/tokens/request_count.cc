#include "tokens/request_count.h"

#include "tokens/request.h"
#include "tokens/responses.h"
#include "tokens/tally.h"

namespace penstock::tokens {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::uint64_t kUsualTokenBytes = 4;

/// A text, or the id of a token.
void add_text_or_id(Tally& tally, element one) {
  if (as<std::string_view>(one)) return tally.add_text(one);
  if (one.is_number()) return tally.add(1);
  tally.add_any(one);
}

void add_texts(Tally& tally, object request, std::string_view key) {
  const auto value = find(request, key);
  if (!value) return;
  const auto list = as<array>(value);
  if (!list) return add_text_or_id(tally, *value);
  for (const element one : *list) {
    const auto inner = as<array>(one);
    if (!inner) {
      add_text_or_id(tally, one);
      continue;
    }
    for (const element id : *inner) add_text_or_id(tally, id);
  }
}

void add_completion(Tally& tally, object request) {
  add_texts(tally, request, "prompt");
  add_texts(tally, request, "suffix");
}

void add_input(Tally& tally, object request) {
  add_texts(tally, request, "input");
}

/// Null: none is known for the route.
AddRequest find_rule(Route route) {
  switch (route) {
    case Route::kCompletions:
      return add_completion;
    case Route::kEmbeddings:
    case Route::kModerations:
      return add_input;
    case Route::kResponses:
      return add_responses;
    case Route::kChatCompletions:
    case Route::kImages:
    case Route::kAudio:
    case Route::kFiles:
    case Route::kBatches:
    case Route::kModels:
      break;
  }
  return nullptr;
}

}  // namespace

ChatCount count_request(Route route, const json::Document& request, const Model& model) {
  if (route == Route::kChatCompletions) return count_chat(request, model);
  if (const AddRequest add = find_rule(route)) return count_by(add, request, model);
  const std::uint64_t bytes = request.text().size();
  ChatCount count;
  count.tokens = scaled((bytes + kUsualTokenBytes - 1) / kUsualTokenBytes, model.factor);
  count.most = scaled(most_tokens(bytes), model.factor);
  return count;
}

std::uint64_t most_of_request(Route route, const json::Document& request, const Model& model) {
  if (route == Route::kChatCompletions) return most_of_chat(request, model);
  if (const AddRequest add = find_rule(route)) return most_by(add, request, model);
  return scaled(most_tokens(request.text().size()), model.factor);
}

std::uint64_t least_of_request(Route route, const json::Document& request, const Model& model) {
  if (route == Route::kChatCompletions) return least_of_chat(request, model);
  if (const AddRequest add = find_rule(route)) return least_by(add, request, model);
  return scaled(least_tokens(std::uint64_t{request.text().size()}), model.factor);
}

}  // namespace penstock::tokens
