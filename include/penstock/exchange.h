#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/clock.h"
#include "penstock/headers.h"
#include "penstock/result.h"
#include "penstock/unique_function.h"

namespace penstock {

namespace json {
class Document;
}

/// Which endpoint of the API is asked for. One canonical route, whatever prefix the client used.
enum class Route {
  kChatCompletions,
  kCompletions,
  kEmbeddings,
  kResponses,
  kModerations,
  kImages,
  kAudio,
  kFiles,
  kBatches,
  kModels,
};

/// The name used in logs and metrics: chat_completions, embeddings, ...
const char* to_string(Route route) noexcept;

/// What the client sent, after strict parsing.
struct Request {
  Route route = Route::kChatCompletions;
  std::string method;  // upper case
  std::string path;    // canonical, below the API's base: "/chat/completions"
  std::string query;   // without the question mark
  /// What will travel to the upstream: end-to-end fields that are neither credentials nor about
  /// this connection. Interceptors may edit them.
  Headers headers;
  /// What the client presented as its credential: the token of `Authorization: Bearer`, or
  /// x-api-key, or api-key. Empty: none. Two different ones, or a malformed one, are
  /// `credential_conflict`.
  std::string credential;
  bool credential_conflict = false;
  /// The subject of the client certificate that was verified in the TLS handshake, as RFC 4514
  /// writes it ("CN=ci,O=Example"). Empty: there is none.
  std::string certificate_subject;
};

/// Who asks. Part of every key of a counter or a cache.
struct Principal {
  std::string name;  // as configured; safe to log
  std::string id;  // unique and stable: the name of a configured key, or a digest of a foreign one
};

/// Where a model is served.
struct Target {
  std::string upstream;  // name of the upstream
  std::string model;     // the model's name there
};

/// Fields of the request body that more than one part needs.
struct RequestFacts {
  std::string model;  // as the client wrote it; empty where the route has none
  bool stream = false;
  bool include_usage = false;  // the client asked for the usage chunk of a stream itself
  std::uint32_t choices = 1;   // `n`, times the prompts of a legacy completion
  std::optional<std::uint64_t> output_cap;  // the largest declared cap of output tokens
  Target target;                            // empty upstream: no such model is configured
};

/// What layers add to the log record of an exchange, such as their verdict on it. Shared by the
/// exchange, by those who still write when the answer's body ends, and by the log, because any of
/// them may be the last to go. Used by one fiber.
class Remarks {
 public:
  struct Remark {
    std::string_view name;  // of the record's member, snake_case; a literal
    std::string text;
  };
  /// A second text of the same name takes the place of the first.
  void set(std::string_view name, std::string text);
  const std::vector<Remark>& all() const noexcept { return all_; }

 private:
  std::vector<Remark> all_;
};

/// One request on its way through the chain. Owned by the connection's fiber and used by it alone.
class Exchange {
 public:
  virtual ~Exchange() = default;

  Request request;
  std::optional<Principal> principal;  // set by auth

  /// Identifies the exchange in logs and answers: "req_...".
  const std::string& id() const noexcept { return id_; }
  const Clock& clock() const noexcept { return *clock_; }
  /// When the request's first byte was read.
  MonotonicTime started() const noexcept { return started_; }

  /// The request's body, byte for byte as the client sent it or as the last `replace_body` left it.
  /// At least 64 readable bytes follow it (simdjson reads past the end).
  std::string_view body() const noexcept { return body_; }
  /// Puts another body in its place; documents and facts taken before are void.
  void replace_body(std::string body);

  /// The body as JSON, parsed on first use. Error: 400, not JSON by our rules (see
  /// json/document.h). Valid until `replace_body`, `release_document` or `release_body`. Does not
  /// suspend.
  Result<const json::Document*> document();
  /// Gives the parsed document back, to be called before a long wait: a parser is large, and the
  /// next exchange finds it warm. Whoever asks for the document again has it parsed again.
  void release_document() noexcept;
  /// The fields of the body that the gateway itself reads, found on first use. Errors: those of
  /// `document`, and 400 for a field of the wrong type. Does not suspend. Reference valid as long
  /// as the exchange, until `replace_body`.
  Result<const RequestFacts*> facts();
  /// The facts if somebody has asked for them before; for logs.
  const RequestFacts* known_facts() const noexcept { return facts_ ? &*facts_ : nullptr; }

  /// A deadline that many milliseconds ahead, which also ends when the client leaves.
  Deadline within(std::chrono::milliseconds timeout) const;
  Cancel& cancel() const noexcept { return *cancel_; }

  /// `fn` may edit the headers of whatever answer goes out, errors included, just before it is
  /// written. Functions run once each, in reverse order of registration. Must not suspend.
  void on_answer(UniqueFunction<void(Headers&)> fn);

  /// Where layers put their remarks; made on first use.
  const std::shared_ptr<Remarks>& remarks();
  /// The remarks if somebody has any; else null.
  const std::shared_ptr<Remarks>& known_remarks() const noexcept { return remarks_; }

  /// Time spent waiting for the upstream; the upstream adds to it. For x-penstock-overhead-us.
  std::chrono::nanoseconds upstream_wait{0};
  /// The body was sent and no retry needs it: an open stream holds no request body.
  void release_body();

 protected:
  /// `body` has at least 64 bytes of capacity behind its size.
  Exchange(std::string id, const Clock& clock, MonotonicTime started, Cancel& cancel);
  void set_body(std::string body);
  void run_answer_hooks(Headers& headers);

 private:
  /// Where a model is served: the configuration's table.
  virtual Target find_target(std::string_view model) const = 0;

  std::string id_;
  const Clock* clock_;
  MonotonicTime started_;
  Cancel* cancel_;
  std::string body_;
  std::shared_ptr<json::Document> document_;
  std::optional<RequestFacts> facts_;
  std::shared_ptr<Remarks> remarks_;
  std::vector<UniqueFunction<void(Headers&)>> answer_hooks_;
};

}  // namespace penstock
