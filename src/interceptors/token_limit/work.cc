#include "interceptors/token_limit/work.h"

#include <string_view>

namespace penstock::token_limit {

namespace {

/// True for a path with something below `parent`: /responses/resp_1 below /responses.
bool is_below(std::string_view path, std::string_view parent) {
  return path.size() > parent.size() + 1 && path.starts_with(parent) && path[parent.size()] == '/';
}

}  // namespace

Work work_of(const Request& request) {
  if (request.method != "POST") return Work::kNone;
  switch (request.route) {
    case Route::kChatCompletions:  // POST below it edits a stored one
      return is_below(request.path, "/chat/completions") ? Work::kNone : Work::kTokens;
    case Route::kResponses:
      return is_below(request.path, "/responses") && request.path != "/responses/compact"
                 ? Work::kNone
                 : Work::kTokens;
    case Route::kCompletions:
    case Route::kEmbeddings:
      return Work::kTokens;
    case Route::kModerations:
    case Route::kImages:
    case Route::kAudio:
      return Work::kRequest;
    case Route::kFiles:
    case Route::kBatches:
    case Route::kModels:
      break;
  }
  return Work::kNone;
}

}  // namespace penstock::token_limit
