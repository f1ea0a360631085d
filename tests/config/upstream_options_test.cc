#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

/// Loads one upstream named `up`; `settings` stand between its braces.
Loaded load_upstream(const std::string& settings) {
  return try_load("upstreams: {up: {" + settings + "}}");
}

TEST(Upstream, IsOpenaiWithItsDefaultsWhereNothingIsSaid) {
  const auto loaded = load_upstream("");
  ASSERT_EQ(loaded.errors, "");
  const UpstreamOptions& up = loaded.config.upstreams.at("up");
  EXPECT_EQ(up.name, "up");
  EXPECT_EQ(up.kind, UpstreamOptions::Kind::kOpenai);
  EXPECT_TRUE(up.base_url.tls);
  EXPECT_EQ(up.base_url.authority() + up.base_url.path, "api.openai.com/v1");
  EXPECT_TRUE(up.api_key.empty());
  EXPECT_FALSE(up.passthrough);
  EXPECT_EQ(up.timeouts.connect, 3s);
  EXPECT_EQ(up.timeouts.total, 0s);
}

TEST(Upstream, IsReadFromTheFile) {
  const auto loaded = try_load(R"(
upstreams:
  local:
    kind: openai
    base_url: http://127.0.0.1:8080/api/v1/
    api_key: ${OPENAI_API_KEY}
    timeouts: {connect: 1s, first_byte: 2s, idle: 3s, total: 4s}
    limits: {max_response: 1MiB, max_idle_connections: 2}
  demo: {kind: demo, pace: 5ms}
models: {a: {upstream: local}}
)");
  ASSERT_EQ(loaded.errors, "");
  const UpstreamOptions& local = loaded.config.upstreams.at("local");
  EXPECT_FALSE(local.base_url.tls);
  EXPECT_EQ(local.base_url.port, 8080);
  EXPECT_EQ(local.base_url.path, "/api/v1");
  EXPECT_EQ(local.api_key.reveal(), "sk-openai");
  EXPECT_EQ(local.timeouts.connect, 1s);
  EXPECT_EQ(local.timeouts.first_byte, 2s);
  EXPECT_EQ(local.timeouts.idle, 3s);
  EXPECT_EQ(local.timeouts.total, 4s);
  EXPECT_EQ(local.max_response, 1u << 20);
  EXPECT_EQ(local.max_idle_connections, 2u);
  const UpstreamOptions& demo = loaded.config.upstreams.at("demo");
  EXPECT_EQ(demo.kind, UpstreamOptions::Kind::kDemo);
  EXPECT_EQ(demo.demo_pace, 5ms);
}

TEST(UpstreamKey, MayBeTheClientsOwn) {
  const auto loaded = load_upstream("api_key: passthrough");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_TRUE(loaded.config.upstreams.at("up").passthrough);
  EXPECT_TRUE(loaded.config.upstreams.at("up").api_key.empty());
}

TEST(UpstreamKey, MayStandInAFileBesideTheConfiguration) {
  const TemporaryFile file("sk-from-file\n");
  const std::filesystem::path path(file.path());
  Diagnostics diagnostics;
  const Config config = load("upstreams: {up: {api_key_file: " + path.filename().string() + "}}",
                             (path.parent_path() / "p.yaml").string(), environment, diagnostics);
  EXPECT_EQ(to_text(diagnostics), "");
  EXPECT_EQ(config.upstreams.at("up").api_key.reveal(), "sk-from-file");
}

TEST(UpstreamKey, InAFileIsCheckedLikeAnyOther) {
  const TemporaryFile empty("\n");
  EXPECT_THAT(load_upstream("api_key_file: " + empty.path()).errors,
              HasSubstr("upstreams.up.api_key_file: the key is empty"));
  const TemporaryFile two_lines("sk-1\nsk-2\n");
  EXPECT_THAT(load_upstream("api_key_file: " + two_lines.path()).errors,
              HasSubstr("api_key_file: the key holds a space, a line end"));
}

struct Refusal {
  const char* settings;
  const char* error;
};

class RefusedUpstream : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedUpstream, IsReportedOnce) {
  const std::string errors = load_upstream(GetParam().settings).errors;
  EXPECT_THAT(errors, HasSubstr(std::string("upstreams.up.") + GetParam().error));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
}

constexpr const char* kOpenaiOnly = "is a setting of `kind: openai` only";
INSTANTIATE_TEST_SUITE_P(
    Settings, RefusedUpstream,
    ::testing::Values(
        Refusal{"kind: opnai", "kind: expected one of `openai` and `demo`; did you mean `openai`?"},
        Refusal{"kind: [openai]", "kind: expected one of"},
        Refusal{"bse_url: x", "bse_url: unknown key `bse_url`; did you mean `base_url`?"},
        Refusal{"base_url: api.openai.com", "base_url: "},
        Refusal{"base_url: \"ftp://x/v1\"", "base_url: "},
        Refusal{"base_url: \"http://u:p@x/v1\"", "base_url: "},
        Refusal{"base_url: \"http://x:99999/v1\"", "base_url: "},
        Refusal{"base_url: \"http://x/v1?a=b\"", "base_url: "},
        Refusal{"base_url: \"${EMPTY}\"", "base_url: "},
        Refusal{"base_url: [x]", "base_url: expected a text"},
        Refusal{"api_key: \"${EMPTY}\"",
                "api_key: the key is empty; set it, or remove the setting"},
        Refusal{"api_key: \"\"", "api_key: the key is empty"},
        Refusal{"api_key: \"a b\"", "api_key: the key holds a space"},
        Refusal{"api_key: \"a\\r\\nx: y\"", "api_key: the key holds a space, a line end"},
        Refusal{"api_key: \"k\xC3\xA9y\"", "api_key: the key holds"},
        Refusal{"api_key: {a: b}", "api_key: expected a text"},
        Refusal{"api_key: \"${UNSET}\"", "api_key: environment variable `UNSET` is not set"},
        Refusal{"api_key: k, api_key_file: /dev/null",
                "api_key_file: `api_key` and `api_key_file`"},
        Refusal{"api_key_file: /nowhere", "api_key_file: cannot read `/nowhere`: No such file"},
        Refusal{"proxy: \"socks5://x\"", "proxy: expected the URL of an HTTP proxy, such as"},
        Refusal{"proxy: off", "proxy: expected the URL of an HTTP proxy"},
        Refusal{"proxy: [none]", "proxy: expected a text"},
        Refusal{"timeouts: {connect: 0s}", "timeouts.connect: must be between 1ms and 24h"},
        Refusal{"timeouts: {first_byte: 0s}", "timeouts.first_byte: must be between 1ms"},
        Refusal{"timeouts: {idle: 0}", "timeouts.idle: must be between 1ms and 24h"},
        Refusal{"timeouts: {total: 25h}", "timeouts.total: must be between 0s and 24h"},
        Refusal{"limits: {max_response: 1}", "limits.max_response: must be between 1KiB and 4GiB"},
        Refusal{"limits: {max_idle_connections: 1M}", "limits.max_idle_connections: must be"},
        Refusal{"pace: 20ms", "pace: `pace` is a setting of `kind: demo` only"},
        Refusal{"kind: demo, base_url: \"http://x\"", "base_url: `base_url` is a setting of"},
        Refusal{"kind: demo, api_key: k", "api_key: `api_key` is a setting of `kind: openai` only"},
        Refusal{"kind: demo, api_key_file: f", "api_key_file: `api_key_file` is a setting of"},
        Refusal{"kind: demo, tls: {}", "tls: `tls` is a setting of `kind: openai` only"},
        Refusal{"kind: demo, proxy: none", "proxy: `proxy` is a setting of `kind: openai` only"},
        Refusal{"kind: demo, limits: {}", "limits: `limits` is a setting of"},
        Refusal{"kind: demo, timeouts: {}", "timeouts: `timeouts` is a setting of"},
        Refusal{"kind: demo, pace: 2m", "pace: must be between 0s and 60s"}));

TEST(Upstreams, AreRequired) {
  for (const char* yaml : {"", "upstreams:", "upstreams: {}"}) {
    EXPECT_THAT(try_load(yaml).errors, HasSubstr("p.yaml:1:"));
    EXPECT_THAT(try_load(yaml).errors, HasSubstr("upstreams: no upstream is configured; write"));
  }
}

TEST(Upstreams, AreAMapOfMaps) {
  EXPECT_THAT(try_load("upstreams: [openai]").errors,
              HasSubstr("p.yaml:1:12: upstreams: expected a map from a name to its settings"));
  EXPECT_THAT(try_load("upstreams: {openai: demo}").errors,
              HasSubstr("p.yaml:1:21: upstreams.openai: expected a map"));
}

TEST(Upstreams, NeverShowAKeyInAMessage) {
  const std::string errors =
      try_load(
          "server: {threads: \"${SECRET}\", listen: \"${SECRET}\", limits: "
          "{max_body: \"${SECRET}\"},\n"
          "  cors: {origins: [\"${SECRET}\"]}}\n"
          "upstreams: {up: {kind: \"${SECRET}\", base_url: \"${SECRET}\", "
          "api_key: \"${SECRET} \", proxy: \"http://${SECRET}:${SECRET}@\",\n"
          "  timeouts: {idle: \"${SECRET}\"}}}\n"
          "models: {m: {upstream: \"${SECRET}\"}}\n")
          .errors;
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 10) << errors;
  EXPECT_EQ(errors.find("s3cr3t"), std::string::npos) << errors;
}

}  // namespace
}  // namespace penstock::config::testing
