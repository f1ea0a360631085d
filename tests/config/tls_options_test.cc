#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"
#include "support/temp_folder.h"

// `server.tls` and `upstreams.NAME.tls`, and the list of files that a configuration names.

namespace penstock::config::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A folder with a configuration file and others beside it.
class Folder {
 public:
  explicit Folder(const std::vector<std::string>& files) {
    for (const std::string& name : files) folder_.write(name, "content\n");
  }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  Loaded load(const std::string& yaml) const {
    folder_.write("p.yaml", yaml);
    Diagnostics diagnostics;
    Loaded loaded;
    loaded.config = load_file(path("p.yaml"), environment, diagnostics);
    loaded.errors = to_text(diagnostics);
    return loaded;
  }

 private:
  const test::TempFolder folder_;
};

TEST(ServerTls, IsOffWhereNothingIsSaid) {
  EXPECT_FALSE(try_load_with_demo("").config.server.tls);
  EXPECT_FALSE(try_load_with_demo("server: {tls: }").config.server.tls);
}

TEST(ServerTls, IsReadFromTheFile) {
  const Folder folder({"c.pem", "k.pem", "ca.pem"});
  const auto loaded = folder.load(R"(
server:
  tls: {certificate_file: c.pem, key_file: ./k.pem, min_version: 1.3, client_ca_file: ca.pem,
        client_certificate: optional}
upstreams: {demo: {kind: demo}}
)");
  ASSERT_EQ(loaded.errors, "");
  TlsOptions expected;
  expected.certificate_file = folder.path("c.pem");
  expected.key_file = folder.path("k.pem");
  expected.ca_file = folder.path("ca.pem");
  expected.min_version = TlsOptions::Version::k1_3;
  expected.client_certificate = TlsOptions::ClientCertificate::kOptional;
  EXPECT_EQ(loaded.config.server.tls, expected);
}

TEST(UpstreamTls, IsReadFromTheFile) {
  const Folder folder({"c.pem", "k.pem", "ca.pem"});
  const auto loaded = folder.load(
      "upstreams: {up: {tls: {ca_file: ca.pem, certificate_file: c.pem, key_file: k.pem, "
      "min_version: \"1.3\"}}}");
  ASSERT_EQ(loaded.errors, "");
  TlsOptions expected;
  expected.certificate_file = folder.path("c.pem");
  expected.key_file = folder.path("k.pem");
  expected.ca_file = folder.path("ca.pem");
  expected.min_version = TlsOptions::Version::k1_3;
  EXPECT_EQ(loaded.config.upstreams.at("up").tls, expected);
}

struct Refusal {
  const char* settings;  // of tls
  const char* error;
};

class RefusedServerTls : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedServerTls, IsReportedOnce) {
  const std::string settings = GetParam().settings;
  const std::string errors = try_load_with_demo("server: {tls: " + settings + "}").errors;
  EXPECT_THAT(errors, HasSubstr("p.yaml:1:"));
  EXPECT_THAT(errors, HasSubstr(std::string("server.tls") + GetParam().error));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
}

INSTANTIATE_TEST_SUITE_P(
    Settings, RefusedServerTls,
    ::testing::Values(
        Refusal{"{certificate_file: /dev/null}", ": `key_file` is missing"},
        Refusal{"{key_file: /dev/null}", ": `certificate_file` is missing"},
        Refusal{"on", ": expected a map"},
        Refusal{"{certificate_file: /nowhere, key_file: /dev/null}",
                ".certificate_file: cannot read `/nowhere`: No such file or directory"},
        Refusal{"{certificate_file: /dev/null, key_file: /}",
                ".key_file: cannot read `/`: Is a directory"},
        Refusal{"{certificate_file: /dev/null, key_file: \"${EMPTY}\"}",
                ".key_file: the name of the file is empty; set it"},
        Refusal{"{certificate_file: [x], key_file: /dev/null}", ".certificate_file: expected a te"},
        Refusal{"{certificate_file: /dev/null, key_file: /dev/null, min_version: 1.1}",
                ".min_version: expected one of `1.2` and `1.3`"},
        Refusal{"{certificate_file: /dev/null, key_file: /dev/null, client_ca_file: /nowhere}",
                ".client_ca_file: cannot read `/nowhere`: No such file"},
        Refusal{"{certificate_file: /dev/null, key_file: /dev/null, client_certificate: optional}",
                ".client_certificate: `client_certificate` needs `client_ca_file` beside it"},
        Refusal{"{certificate_file: /dev/null, key_file: /dev/null, client_ca_file: /dev/null, "
                "client_certificate: maybe}",
                ".client_certificate: expected one of `required` and `optional`"},
        Refusal{"{certificate_file: /dev/null, key_file: /dev/null, ca_file: /dev/null}",
                ".ca_file: unknown key `ca_file`; known: `certificate_file`, `client_ca_file`"}));

class RefusedUpstreamTls : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedUpstreamTls, IsReportedOnce) {
  const std::string settings = GetParam().settings;
  const std::string errors = try_load("upstreams: {up: {tls: " + settings + "}}").errors;
  EXPECT_THAT(errors, HasSubstr(std::string("upstreams.up.tls") + GetParam().error));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
}

INSTANTIATE_TEST_SUITE_P(
    Settings, RefusedUpstreamTls,
    ::testing::Values(
        Refusal{"{ca_file: /nowhere}", ".ca_file: cannot read `/nowhere`: No such file"},
        Refusal{"{ca: x}", ".ca: unknown key"},
        Refusal{"{certificate_file: /dev/null}",
                ".certificate_file: `certificate_file` needs `key_file` beside it"},
        Refusal{"{key_file: /dev/null}", ".key_file: `key_file` needs `certificate_file` beside"},
        Refusal{"{certificate_file: /dev/null, key_file: /nowhere}",
                ".key_file: cannot read `/nowhere`: No such file"},
        Refusal{"{min_version: 2}", ".min_version: expected one of `1.2` and `1.3`"}));

TEST(AuthByClientCertificate, NeedsAnAuthorityThatIssuesThem) {
  const std::string chain =
      "chain:\n"
      "  - log\n"
      "  - auth: {client_certificate: true}\n";
  const std::string tls = "server: {tls: {certificate_file: /dev/null, key_file: /dev/null";
  constexpr const char* kError =
      "p.yaml:3:32: chain[1].auth.client_certificate: no client certificate is ever asked for; set "
      "`server.tls.client_ca_file` to the authority that issues them\n";
  EXPECT_EQ(try_load_with_demo(chain).errors, kError);
  EXPECT_EQ(try_load_with_demo(chain + tls + "}}").errors, kError);
  EXPECT_EQ(try_load_with_demo(chain + tls + ", client_ca_file: /dev/null}}").errors, "");
  EXPECT_EQ(try_load_with_demo("chain: [auth: {client_certificate: false}]").errors, "");
}

TEST(Files, AreListedOnceEachAndTheConfigurationFirst) {
  const Folder folder({"key", "ca.pem", "c.pem", "k.pem", "name"});
  const auto loaded = folder.load(R"(
server:
  listen: ${UNSET:-127.0.0.1:4000}
  tls: {certificate_file: c.pem, key_file: k.pem}
upstreams:
  a: {api_key_file: key, tls: {ca_file: ca.pem}}
  b: {api_key: "${file:key}", tls: {ca_file: ./ca.pem}}
models:
  x: {upstream: a, model: "${file:name}"}
)");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_THAT(loaded.config.files,
              ElementsAre(folder.path("p.yaml"), folder.path("key"), folder.path("name"),
                          folder.path("c.pem"), folder.path("k.pem"), folder.path("ca.pem")));
}

TEST(Files, ThatAreMissingAreListedToo) {
  const Folder folder({});
  const auto loaded = folder.load("upstreams: {a: {api_key_file: later}}");
  EXPECT_THAT(loaded.errors, HasSubstr("cannot read"));
  EXPECT_THAT(loaded.config.files, ElementsAre(folder.path("p.yaml"), folder.path("later")));

  Diagnostics diagnostics;
  EXPECT_THAT(load_file("/nowhere/p.yaml", environment, diagnostics).files,
              ElementsAre("/nowhere/p.yaml"));
}

}  // namespace
}  // namespace penstock::config::testing
