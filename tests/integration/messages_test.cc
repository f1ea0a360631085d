// What a person reads when the gateway does not start: one sentence that names the setting.

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

struct Fault {
  const char* name;
  const char* yaml;  // FOLDER stands for a folder that is there and empty
  int status;
  const char* message;
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

std::string replaced(std::string text, std::string_view word, const std::string& with) {
  for (std::size_t at; (at = text.find(word)) != std::string::npos;) {
    text.replace(at, word.size(), with);
  }
  return text;
}

class StartFault : public testing::TestWithParam<Fault> {};

TEST_P(StartFault, IsOneSentenceThatNamesTheSetting) {
  const TempFolder folder;
  GatewayProcess gateway(replaced(GetParam().yaml, "FOLDER", folder.path()));
  EXPECT_EQ(gateway.wait_for_exit(), GetParam().status);
  const std::string expected = replaced(GetParam().message, "FOLDER", folder.path());
  EXPECT_EQ(gateway.errors(), replaced(expected, "FILE", gateway.config_file()) + "\n");
}

constexpr std::array kFaults{
    Fault{
        "APortThatNobodyMayHave",
        "server: {listen: \"192.0.2.1:80\"}\nupstreams: {demo: {kind: demo}}\n"
        "chain:\n  - auth: none\n",
        1,
        "penstock: server.listen: cannot listen on 192.0.2.1:80: Cannot assign requested address"},
    Fault{"AMissingCertificate",
          "server:\n  tls: {certificate_file: FOLDER/server.pem, key_file: FOLDER/server.key}\n"
          "upstreams: {demo: {kind: demo}}\n",
          3,
          "FILE:2:27: server.tls.certificate_file: cannot read `FOLDER/server.pem`: No such file "
          "or directory\n"
          "FILE:2:75: server.tls.key_file: cannot read `FOLDER/server.key`: No such file or "
          "directory"},
    Fault{
        "AnUnreadableSecretFile", "upstreams:\n  openai: {api_key: \"${file:FOLDER/key}\"}\n", 3,
        "FILE:2:21: upstreams.openai.api_key: cannot read `FOLDER/key`: No such file or directory"},
    Fault{"AnUnreadableKeyFile", "upstreams:\n  openai: {api_key_file: FOLDER/key}\n", 3,
          "FILE:2:26: upstreams.openai.api_key_file: cannot read `FOLDER/key`: No such file or "
          "directory"},
    Fault{"AnUnknownUpstream",
          "upstreams: {demo: {kind: demo}}\nmodels:\n  fast: {upstream: dmo}\n", 3,
          "FILE:3:20: models.fast.upstream: no upstream has this name; did you mean `demo`?"},
    Fault{"AnOpenControlPlane",
          "control: {listen: \"0.0.0.0:4001\"}\nupstreams: {demo: {kind: demo}}\n", 3,
          "FILE:1:19: control.listen: other machines can connect here; set `control.admin_key`, or "
          "listen on 127.0.0.1"},
    Fault{"AMissingVariable", "upstreams:\n  openai: {api_key: \"${PENSTOCK_TEST_NO_SUCH}\"}\n", 3,
          "FILE:2:21: upstreams.openai.api_key: environment variable `PENSTOCK_TEST_NO_SUCH` is "
          "not set; set it, or write ${PENSTOCK_TEST_NO_SUCH:-default}"},
};

INSTANTIATE_TEST_SUITE_P(AtStart, StartFault, testing::ValuesIn(kFaults),
                         [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace penstock::test
