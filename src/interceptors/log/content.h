#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "penstock/exchange.h"
#include "penstock/result.h"

#include "interceptors/log/options.h"
#include "log/json_line.h"

namespace penstock::exchange_log {

/// Adds the request's body as `request_body`, and `request_body_truncated` where it was cut. In
/// redacted form a body that is no JSON shows its size alone. Nothing for an empty body.
void append_request_body(JsonLine& line, Exchange& x, const Options& options);

/// Gathers the beginning of an answer while it passes.
class AnswerText {
 public:
  explicit AnswerText(const Options& options) : options_(&options) {}

  void see(std::string_view bytes);
  /// Adds `response_body`, in the same manner. Redacted, an answer that is longer than max_content
  /// or an event stream shows its size alone.
  void append_to(JsonLine& line) const;

 private:
  std::string redacted() const;

  const Options* options_;  // the interceptor's, which outlives its exchanges
  std::string text_;        // up to one byte more than will be shown
  std::uint64_t size_ = 0;
};

}  // namespace penstock::exchange_log
