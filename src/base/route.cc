#include <cstdlib>

#include "penstock/exchange.h"

namespace penstock {

const char* to_string(Route route) noexcept {
  switch (route) {
    case Route::kChatCompletions:
      return "chat_completions";
    case Route::kCompletions:
      return "completions";
    case Route::kEmbeddings:
      return "embeddings";
    case Route::kResponses:
      return "responses";
    case Route::kModerations:
      return "moderations";
    case Route::kImages:
      return "images";
    case Route::kAudio:
      return "audio";
    case Route::kFiles:
      return "files";
    case Route::kBatches:
      return "batches";
    case Route::kModels:
      return "models";
  }
  std::abort();
}

}  // namespace penstock
