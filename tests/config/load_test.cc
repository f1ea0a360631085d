#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

// The example of the design, word for word but for its comments and one line break.
constexpr const char* kDesignExample = R"(# yaml-language-server: $schema=./penstock.schema.json
server:
  listen: 127.0.0.1:4000
  threads: 0                          # 0: one event loop per core
  limits: {max_body: 32MiB, max_head: 64KiB, max_connections: 0}
  timeouts: {head: 10s, body_idle: 30s, keep_alive: 75s, drain: 600s}
control:
  listen: 127.0.0.1:4001
  admin_key: ${PENSTOCK_ADMIN_KEY:-}
upstreams:
  openai:
    kind: openai                      # openai | demo
    base_url: https://api.openai.com/v1
    api_key: ${OPENAI_API_KEY}
    timeouts: {connect: 3s, first_byte: 60s, idle: 60s, total: 0s}
models:
  gpt-4o-mini: {upstream: openai}
  fast: {upstream: openai, model: gpt-4o-mini}
  "*": {upstream: openai}
chain:
  - header: {request: {set: {x-team: blue}, remove: [x-internal]},
             response: {set: {x-served-by: penstock}}}
  - log: {records: [exchange], content: none}
  - auth: {keys: [{name: ci, key: "${CI_KEY}"}]}
  - json_schema: {request: builtin}
  - token_limit: {limits: [{per: key, tokens: 100k, every: 1m}]}
)";

TEST(Load, TakesTheExampleOfTheDesign) {
  const auto loaded = try_load(kDesignExample);
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(loaded.config.origin, "p.yaml");
  EXPECT_EQ(loaded.config.upstreams.at("openai").api_key.reveal(), "sk-openai");
  EXPECT_EQ(find_target(loaded.config, "fast").model, "gpt-4o-mini");
  ASSERT_EQ(loaded.config.chain.items.size(), 5u);
  EXPECT_EQ(describe(loaded.config)["chain"][2]["auth"]["keys"][0]["key"], "ck-1");
  EXPECT_FALSE(loaded.config.auth_none);
}

TEST(Load, ReportsEverythingAtOnceInTheOrderOfPlaces) {
  const auto loaded = try_load(R"(servr: {}
server:
  listen: 0.0.0.0:4000
  threads: many
  limits: {max_body: 32Mb, max_body: 1MiB}
  timeouts:
    head: 0s
upstreams:
  openai:
    api_key: ${NOT_THERE}
    timout: {}
models:
  fast: {upstream: opnai}
chain:
  - log: {content: "${ALSO_NOT_THERE}"}
  - [x]
)");
  EXPECT_EQ(
      loaded.errors,
      "p.yaml:1:1: servr: unknown key `servr`; did you mean `server`?\n"
      "p.yaml:3:11: server.listen: other machines can connect here, and the chain has no `auth`; "
      "add `- auth: {keys: [...]}` to it, or `- auth: none` if everybody may spend your keys\n"
      "p.yaml:4:12: server.threads: expected a whole number such as 500, 100k or 5M\n"
      "p.yaml:5:22: server.limits.max_body: expected a number of bytes such as 64KiB or 32MiB\n"
      "p.yaml:5:28: server.limits.max_body: duplicate key `max_body`; it stands in line 5 already\n"
      "p.yaml:7:11: server.timeouts.head: must be between 1ms and 24h\n"
      "p.yaml:10:14: upstreams.openai.api_key: environment variable `NOT_THERE` is not set; set "
      "it, or write ${NOT_THERE:-default}\n"
      "p.yaml:11:5: upstreams.openai.timout: unknown key `timout`; did you mean `timeouts`?\n"
      "p.yaml:13:20: models.fast.upstream: no upstream has this name; did you mean `openai`?\n"
      "p.yaml:15:20: chain[0].log.content: environment variable `ALSO_NOT_THERE` is not set; set "
      "it, or write ${ALSO_NOT_THERE:-default}\n"
      "p.yaml:16:5: chain[1]: expected the name of an interceptor, with its options behind a "
      "colon: `- log: {content: none}`\n");
}

TEST(Load, SaysOfATextThatIsNoMapNothingElse) {
  EXPECT_EQ(try_load("- a\n- b\n").errors, "p.yaml:1:1: expected a map, `key: value`\n");
  EXPECT_EQ(try_load("text").errors, "p.yaml:1:1: expected a map, `key: value`\n");
}

TEST(Load, StopsAtASyntaxError) {
  EXPECT_EQ(try_load("server: [").errors,
            "p.yaml:1:10: syntax error: end of sequence flow not found\n");
}

TEST(Load, AddsToWhatWasReportedBefore) {
  Diagnostics diagnostics;
  diagnostics.error({{"before", 1, 1}, "", "earlier"});
  load("server: [", "p.yaml", environment, diagnostics);
  ASSERT_EQ(diagnostics.list().size(), 2u);
  EXPECT_EQ(diagnostics.list()[0].message, "earlier");
}

TEST(Load, SharesSettingsThroughAliases) {
  const auto loaded = try_load(R"(
upstreams:
  a: {base_url: "http://a/v1", timeouts: &slow {first_byte: 5m}}
  b: {base_url: "http://b/v1", timeouts: *slow}
models: {a: {upstream: a}, b: {upstream: b}}
)");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(loaded.config.upstreams.at("b").timeouts.first_byte, 300s);
}

TEST(LoadFile, ReadsAFileAndNamesItInErrors) {
  const TemporaryFile good("upstreams: {demo: {kind: demo}}\n");
  Diagnostics none;
  const Config config = load_file(good.path(), environment, none);
  EXPECT_EQ(to_text(none), "");
  EXPECT_EQ(config.origin, good.path());

  const TemporaryFile bad("upstreams: {demo: {kind: demo}}\nx: 1\n");
  Diagnostics diagnostics;
  load_file(bad.path(), environment, diagnostics);
  EXPECT_THAT(to_text(diagnostics), HasSubstr(bad.path() + ":2:1: x: unknown key `x`"));
}

TEST(LoadFile, SaysWhyAFileCannotBeRead) {
  Diagnostics diagnostics;
  load_file("/nowhere/penstock.yaml", environment, diagnostics);
  EXPECT_EQ(to_text(diagnostics),
            "/nowhere/penstock.yaml: cannot read the file: No such file or directory\n");
}

TEST(LoadFile, RefusesAFileThatIsTooLong) {
  const TemporaryFile file(std::string((1 << 20) + 1, '#'));
  Diagnostics diagnostics;
  load_file(file.path(), environment, diagnostics);
  EXPECT_THAT(to_text(diagnostics), HasSubstr("cannot read the file: it is longer than 1024 KiB"));
}

TEST(ProcessEnvironment, TellsUnsetFromEmpty) {
  ASSERT_EQ(::setenv("PENSTOCK_CONFIG_TEST", "", 1), 0);
  EXPECT_EQ(process_environment("PENSTOCK_CONFIG_TEST"), "");
  ASSERT_EQ(::unsetenv("PENSTOCK_CONFIG_TEST"), 0);
  EXPECT_EQ(process_environment("PENSTOCK_CONFIG_TEST"), std::nullopt);
}

}  // namespace
}  // namespace penstock::config::testing
