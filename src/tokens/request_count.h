#pragma once

#include "penstock/exchange.h"

#include "json/document.h"
#include "tokens/chat.h"
#include "tokens/models.h"

namespace penstock::tokens {

/// Counts a request of any route whose body is JSON; each has its own members that bring tokens:
///
/// - chat/completions: see count_chat;
/// - completions: `prompt` and `suffix`; embeddings and moderations: `input`. A text, a list of
///   texts, token ids, or a list of such lists; exact where what a text costs is published;
/// - responses: instructions, input, tools; an estimate;
/// - any other: the whole body, a token for four bytes, and at most one for each.
///
/// Takes part in no validation: whatever its shape, there is a count. Linear in the request, some
/// 10 to 40 ms a megabyte (see Encoding). Does not suspend; thread-safe.
ChatCount count_request(Route route, const json::Document& request, const Model& model);

/// What count_request would say for `most` is not above the one, for `tokens` not below the other;
/// see most_of_chat and least_of_chat.
std::uint64_t most_of_request(Route route, const json::Document& request, const Model& model);
std::uint64_t least_of_request(Route route, const json::Document& request, const Model& model);

}  // namespace penstock::tokens
