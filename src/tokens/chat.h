#pragma once

#include <cstdint>

#include "json/document.h"
#include "tokens/models.h"

namespace penstock::tokens {

/// The tokens that a chat request brings along.
struct ChatCount {
  std::uint64_t tokens = 0;
  /// What to set aside: more than `tokens` where that is an estimate.
  std::uint64_t most = 0;
  /// What the provider will charge, to the token: a chat of texts, for a model whose framing is
  /// published. Tools, pictures, sound and files are estimates.
  bool exact = false;
};

/// Counts a request of the route chat/completions. Takes part in no validation: whatever its shape,
/// there is a count, and members that are not known count as text. Linear in the request, some 10
/// to 40 ms a megabyte (see Encoding). Does not suspend; thread-safe.
ChatCount count_chat(const json::Document& request, const Model& model);

/// What count_chat would say for `most` is not above this, found without looking at any text: a
/// microsecond, and enough where a limit is far away.
std::uint64_t most_of_chat(const json::Document& request, const Model& model);
/// What it would say for `tokens` is not below this, found by counting words: a thirtieth of the
/// time, and enough where too little is left.
std::uint64_t least_of_chat(const json::Document& request, const Model& model);

}  // namespace penstock::tokens
