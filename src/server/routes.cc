#include "server/routes.h"

#include <algorithm>
#include <array>

namespace penstock::server {

namespace {

enum class Shape {
  kExact,   // the path itself
  kSubtree  // the path and everything below it
};
enum class Content { kJson, kAny };

struct Entry {
  std::string_view path;
  Shape shape;
  Route route;
  std::string_view methods;
  Content content;
};

constexpr std::array<Entry, 11> kRoutes{{
    {"/chat/completions", Shape::kExact, Route::kChatCompletions, "POST", Content::kJson},
    {"/completions", Shape::kExact, Route::kCompletions, "POST", Content::kJson},
    {"/embeddings", Shape::kExact, Route::kEmbeddings, "POST", Content::kJson},
    {"/moderations", Shape::kExact, Route::kModerations, "POST", Content::kJson},
    {"/responses", Shape::kSubtree, Route::kResponses, "POST, GET, HEAD, DELETE", Content::kJson},
    {"/images/generations", Shape::kExact, Route::kImages, "POST", Content::kJson},
    {"/images", Shape::kSubtree, Route::kImages, "POST", Content::kAny},
    {"/audio", Shape::kSubtree, Route::kAudio, "POST", Content::kAny},
    {"/files", Shape::kSubtree, Route::kFiles, "POST, GET, HEAD, DELETE", Content::kAny},
    {"/batches", Shape::kSubtree, Route::kBatches, "POST, GET, HEAD", Content::kJson},
    {"/models", Shape::kSubtree, Route::kModels, "GET, HEAD", Content::kJson},
}};

constexpr std::array<std::string_view, 3> kBases{"/v1", "/api/v1", "/openai/v1"};

bool matches(const Entry& entry, std::string_view path) {
  if (path == entry.path) return true;
  return entry.shape == Shape::kSubtree && path.starts_with(entry.path) &&
         path[entry.path.size()] == '/';
}

bool allows(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const std::size_t comma = std::min(methods.find(", "), methods.size());
    if (methods.substr(0, comma) == method) return true;
    methods.remove_prefix(std::min(comma + 2, methods.size()));
  }
  return false;
}

Error wrong_method(std::string_view method, std::string_view path, std::string_view allowed) {
  Error error = invalid_request("the method " + std::string(method) + " is not allowed for " +
                                std::string(path) + "; use " + std::string(allowed));
  error.kind = ErrorKind::kMethodNotAllowed;
  error.detail = allowed;
  return error;
}

}  // namespace

Result<RouteMatch> match_route(std::string_view method, const http::Target& target) {
  for (const auto& [path, kind] : {std::pair{"/livez", RouteMatch::Kind::kLive},
                                   std::pair{"/readyz", RouteMatch::Kind::kReady}}) {
    if (target.path != path) continue;
    constexpr std::string_view kMethods = "GET, HEAD";
    if (!allows(kMethods, method)) return wrong_method(method, target.path, kMethods);
    RouteMatch match;
    match.kind = kind;
    return match;
  }
  for (const std::string_view base : kBases) {
    if (!target.path.starts_with(base)) continue;
    const std::string_view path = std::string_view(target.path).substr(base.size());
    for (const Entry& entry : kRoutes) {
      if (!matches(entry, path)) continue;
      if (!allows(entry.methods, method)) return wrong_method(method, target.path, entry.methods);
      RouteMatch match;
      match.route = entry.route;
      match.path = path;
      match.wants_json = entry.content == Content::kJson && method == "POST";
      return match;
    }
  }
  Error error = invalid_request("there is nothing at " + std::string(method) + " " + target.path +
                                "; the chat endpoint is POST /v1/chat/completions");
  error.kind = ErrorKind::kNotFound;
  return error;
}

}  // namespace penstock::server
