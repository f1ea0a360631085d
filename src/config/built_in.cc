#include "config/config.h"

namespace penstock::config {

namespace {

constexpr std::string_view kWithOpenai = R"(
upstreams:
  openai:
    base_url: ${OPENAI_BASE_URL:-https://api.openai.com/v1}
    api_key: ${OPENAI_API_KEY}
  demo: {kind: demo}
models:
  demo: {upstream: demo}
  demo-slow: {upstream: demo}
  demo-error-429: {upstream: demo}
  demo-error-500: {upstream: demo}
  demo-cut: {upstream: demo}
  "*": {upstream: openai}
chain:
  - log: {records: [exchange]}
  - auth: none
  - json_schema: {request: builtin}
)";

constexpr std::string_view kDemoOnly = R"(
upstreams:
  demo: {kind: demo}
models:
  "*": {upstream: demo}
chain:
  - log: {records: [exchange]}
  - auth: none
  - json_schema: {request: builtin}
)";

}  // namespace

Config built_in(Environment environment, Diagnostics& diagnostics) {
  const auto key = environment("OPENAI_API_KEY");
  const bool has_key = key && !key->empty();
  return load(has_key ? kWithOpenai : kDemoOnly, "built-in", environment, diagnostics);
}

}  // namespace penstock::config
