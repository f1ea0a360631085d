#include "config/config.h"

namespace penstock::config {

namespace {

constexpr std::string_view kServer = R"(
server: {listen: "${PENSTOCK_LISTEN:-127.0.0.1:4000}"}
)";

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
)";

constexpr std::string_view kDemoOnly = R"(
upstreams:
  demo: {kind: demo}
models:
  "*": {upstream: demo}
)";

// Strangers cost no parsing: auth stands before the schema.
constexpr std::string_view kChainWithKey = R"(
chain:
  - log: {records: [exchange]}
  - auth: {keys: [{name: default, key: "${PENSTOCK_KEY}"}]}
  - json_schema: {request: builtin}
)";

}  // namespace

Config built_in(Environment environment, Diagnostics& diagnostics) {
  const auto is_set = [environment](const char* name) {
    const auto value = environment(name);
    return value && !value->empty();
  };
  std::string yaml(kServer);
  yaml += is_set("OPENAI_API_KEY") ? kWithOpenai : kDemoOnly;
  // The chain that is the default elsewhere has no auth: good on a loopback address only.
  if (is_set("PENSTOCK_KEY")) yaml += kChainWithKey;
  return load(yaml, "built-in", environment, diagnostics);
}

}  // namespace penstock::config
