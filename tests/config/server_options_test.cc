#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

TEST(ServerOptions, HaveTheirDefaultsWhereNothingIsSaid) {
  const auto loaded = try_load_with_demo("");
  ASSERT_EQ(loaded.errors, "");
  const ServerOptions& server = loaded.config.server;
  EXPECT_EQ(server.listen.host, "127.0.0.1");
  EXPECT_EQ(server.listen.port, 4000);
  EXPECT_EQ(server.limits.max_body, 32u << 20);
  EXPECT_EQ(server.timeouts.drain, 600s);
  EXPECT_EQ(server.cors_origins, std::nullopt);
  EXPECT_EQ(server.state_dir, "");
  EXPECT_EQ(loaded.config.control.listen.port, 4001);
  EXPECT_TRUE(loaded.config.control.admin_key.empty());
  EXPECT_TRUE(loaded.config.control.listen_is_default);
  EXPECT_TRUE(loaded.config.control.watch_files);
}

TEST(ServerOptions, AreReadFromTheFile) {
  const auto loaded = try_load_with_demo(R"(
server:
  listen: "[::1]:${PORT}"
  threads: 3
  limits: {max_body: 1MiB, max_head: 8KiB, max_connections: 10k}
  timeouts: {head: 1s, body_idle: 2s, keep_alive: 0s, drain: 0s, write_idle: 5s,
             lame_duck: 6s}
  cors: {origins: ["*"]}
  state_dir: /var/lib/penstock-${PORT}
control: {listen: "localhost:4101", admin_key: "${SECRET}", watch_files: false}
)");
  ASSERT_EQ(loaded.errors, "");
  const ServerOptions& server = loaded.config.server;
  EXPECT_EQ(server.listen.host, "::1");
  EXPECT_EQ(server.listen.port, 4100);
  EXPECT_EQ(server.threads, 3u);
  EXPECT_EQ(server.limits.max_body, 1u << 20);
  EXPECT_EQ(server.limits.max_head, 8u << 10);
  EXPECT_EQ(server.limits.max_connections, 10'000u);
  EXPECT_EQ(server.timeouts.head, 1s);
  EXPECT_EQ(server.timeouts.body_idle, 2s);
  EXPECT_EQ(server.timeouts.keep_alive, 0s);
  EXPECT_EQ(server.timeouts.drain, 0s);
  EXPECT_EQ(server.timeouts.write_idle, 5s);
  EXPECT_EQ(server.timeouts.lame_duck, 6s);
  EXPECT_EQ(server.cors_origins, std::vector<std::string>{"*"});
  EXPECT_EQ(server.state_dir, "/var/lib/penstock-4100");
  EXPECT_EQ(loaded.config.control.listen.host, "localhost");
  EXPECT_EQ(loaded.config.control.admin_key.reveal(), "s3cr3t");
  EXPECT_FALSE(loaded.config.control.listen_is_default);
  EXPECT_FALSE(loaded.config.control.watch_files);
}

struct Refusal {
  const char* yaml;
  const char* error;
};

class RefusedServerOption : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedServerOption, IsReportedOnce) {
  const std::string errors = try_load_with_demo(GetParam().yaml).errors;
  EXPECT_THAT(errors, HasSubstr(GetParam().error));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
}

constexpr const char* kTime = "must be between 1ms and 24h";
INSTANTIATE_TEST_SUITE_P(
    Server, RefusedServerOption,
    ::testing::Values(
        Refusal{"server: {listn: x}", ":1:10: server.listn: unknown key `listn`; did you mean"},
        Refusal{"server: {listen: nonsense}", ":1:18: server.listen: "},
        Refusal{"server: {listen: \"127.0.0.1:70000\"}", "server.listen: "},
        Refusal{"server: {listen: \"127.0.0.1:x\"}", "server.listen: "},
        Refusal{"server: {listen: 127.0.0.1}", "such as 127.0.0.1:4000"},
        Refusal{"server: {listen: [a]}", "server.listen: expected a text"},
        Refusal{"server: 4000", ":1:9: server: expected a map"},
        Refusal{"server: {limits: 5}", "server.limits: expected a map"},
        Refusal{"server: {threads: -1}", "server.threads: expected a whole number"},
        Refusal{"server: {threads: 1025}", "server.threads: must be between 0 and 1024"},
        Refusal{"server: {limits: {max_body: 5GiB}}", "max_body: must be between 1KiB and 4GiB"},
        Refusal{"server: {limits: {max_body: 0}}", "max_body: must be between 1KiB and 4GiB"},
        Refusal{"server: {limits: {max_head: 2MiB}}", "max_head: must be between 1KiB and 1MiB"},
        Refusal{"server: {limits: {max_connections: 1G}}", "must be between 0 and 10000000"},
        Refusal{"server: {timeouts: {head: 0s}}", kTime},
        Refusal{"server: {timeouts: {body_idle: 0s}}", kTime},
        Refusal{"server: {timeouts: {write_idle: 0s}}", kTime},
        Refusal{"server: {timeouts: {head: 25h}}", kTime},
        Refusal{"server: {timeouts: {lame_duck: 2d}}", "must be between 0s and 24h"},
        Refusal{"server: {timeouts: {drain: 2d}}", "must be between 0s and 24h"},
        Refusal{"server: {timeouts: {keep_alive: 5}}", "expected a time with its unit"},
        Refusal{"server: {state_dir: [a]}", "server.state_dir: expected a text"},
        Refusal{"server: {cors: {origins: [example.com]}}", "cors.origins: expected origins"},
        Refusal{"server: {cors: {origins: [\"https://a/\"]}}", "expected origins"},
        Refusal{"server: {cors: {origins: [\"https://a/path\"]}}", "expected origins"},
        Refusal{"server: {cors: {origins: [\"app://a b\"]}}", "expected origins"},
        Refusal{"server: {cors: {origin: x}}", "did you mean `origins`?"},
        Refusal{"control: {admin_kye: x}", "did you mean `admin_key`?"},
        Refusal{"control: {listen: 127.0.0.1:4000}", "control.listen: `server.listen` is the same"},
        Refusal{"server: {listen: 127.0.0.1:4001}", "control: `server.listen` is the same"}));

TEST(CorsOrigins, AreSpeltAsABrowserSpellsThem) {
  const auto loaded = try_load_with_demo(
      "server: {cors: {origins: [\"https://Chat.Example.COM:443\", \"http://localhost:3000\", "
      "\"tauri://localhost\"]}}");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(loaded.config.server.cors_origins,
            (std::vector<std::string>{"https://chat.example.com", "http://localhost:3000",
                                      "tauri://localhost"}));
}

TEST(CorsOrigins, MayBeNoneAtAll) {
  const auto loaded = try_load_with_demo("server: {cors: {origins: []}}");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(loaded.config.server.cors_origins, std::vector<std::string>{});
}

std::string state_dir_under_systemd(std::string_view yaml, const std::string& file) {
  Diagnostics diagnostics;
  const Environment systemd = [](const std::string& name) -> std::optional<std::string> {
    if (name == "STATE_DIRECTORY") return "/var/lib/penstock:/var/lib/other";
    return std::nullopt;
  };
  const Config config = load(yaml, file, systemd, diagnostics);
  return config.server.state_dir;
}

TEST(StateDir, IsWhatSystemdSaysWhereNothingIsWritten) {
  EXPECT_EQ(state_dir_under_systemd("{}", "p.yaml"), "/var/lib/penstock");
  EXPECT_EQ(state_dir_under_systemd("server: {state_dir: }", "p.yaml"), "/var/lib/penstock");
  EXPECT_EQ(state_dir_under_systemd("server: {state_dir: none}", "p.yaml"), "");
  EXPECT_EQ(state_dir_under_systemd("server: {state_dir: /x}", "p.yaml"), "/x");
}

TEST(StateDir, IsRelativeToTheConfigurationFile) {
  EXPECT_EQ(state_dir_under_systemd("server: {state_dir: state}", "/etc/penstock/p.yaml"),
            "/etc/penstock/state");
}

class OpenAddress : public ::testing::TestWithParam<const char*> {};

TEST_P(OpenAddress, NeedsAuthInTheChainOrItsRefusalInSoManyWords) {
  const std::string server = "server: {listen: \"" + std::string(GetParam()) + "\"}\n";
  constexpr const char* kError = "the chain has no `auth`";
  EXPECT_THAT(try_load_with_demo(server).errors, HasSubstr(kError));
  EXPECT_THAT(try_load_with_demo(server + "chain: []").errors, HasSubstr(kError));
  EXPECT_THAT(try_load_with_demo(server + "chain: [log]").errors, HasSubstr(kError));
  EXPECT_EQ(try_load_with_demo(server + "chain: [auth: {passthrough: true}]").errors, "");
  EXPECT_EQ(try_load_with_demo(server + "chain: [auth: none]").errors, "");
}

TEST_P(OpenAddress, NeedsAnAdminKeyForControl) {
  const std::string listen = "listen: \"" + std::string(GetParam()) + "\"";
  EXPECT_THAT(try_load_with_demo("control: {" + listen + "}").errors,
              HasSubstr("p.yaml:1:19: control.listen: other machines can connect here; set "
                        "`control.admin_key`"));
  EXPECT_THAT(try_load_with_demo("control: {" + listen + ", admin_key: \"${EMPTY}\"}").errors,
              HasSubstr("set `control.admin_key`"));
  EXPECT_EQ(try_load_with_demo("control: {" + listen + ", admin_key: \"${SECRET}\"}").errors, "");
}

INSTANTIATE_TEST_SUITE_P(Addresses, OpenAddress,
                         ::testing::Values(":4100", "0.0.0.0:4100", "[::]:4100", "10.0.0.1:4100",
                                           "gateway.example.com:4100"));

TEST(LoopbackAddress, NeedsNoAuth) {
  for (const char* address : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"}) {
    const std::string server = "server: {listen: \"" + std::string(address) + "\"}\n";
    EXPECT_EQ(try_load_with_demo(server + "chain: []").errors, "") << address;
  }
}

}  // namespace
}  // namespace penstock::config::testing
