#include "interceptors/auth/certificate.h"

#include <gtest/gtest.h>

#include "interceptors/auth/auth.h"
#include "interceptors/auth/fixture.h"
#include "support/lambda_endpoint.h"
#include "support/test_exchange.h"

namespace penstock::auth::test {
namespace {

using penstock::test::reply;
using penstock::test::run;
using penstock::test::TestExchange;

TEST(CommonName, IsTheFirstOfTheSubject) {
  EXPECT_EQ(common_name("CN=ci,O=Example,C=DE"), "ci");
  EXPECT_EQ(common_name("O=Example,CN=ci,CN=other"), "ci");
  EXPECT_EQ(common_name("OU=x+CN=ci,O=Example"), "ci");
  EXPECT_EQ(common_name("cn=Build Server"), "Build Server");
  EXPECT_EQ(common_name("CN="), "");
  EXPECT_EQ(common_name("O=Example"), std::nullopt);
  EXPECT_EQ(common_name(""), std::nullopt);
  EXPECT_EQ(common_name("no subject"), std::nullopt);
}

TEST(CommonName, HasItsEscapesResolved) {
  EXPECT_EQ(common_name(R"(CN=a\,b\+c\\d\=e)"), R"(a,b+c\d=e)");
  EXPECT_EQ(common_name(R"(CN=Zo\C3\AB)"), "Zo\xC3\xAB");
  EXPECT_EQ(common_name(R"(CN=\ x)"), " x");
  EXPECT_EQ(common_name(R"(CN=x\)"), R"(x\)");
}

TEST(CommonName, IsNotForgedInsideOfAnotherValue) {
  EXPECT_EQ(common_name(R"(O=a\,CN=admin,CN=guest)"), "guest");
  EXPECT_EQ(common_name(R"(O=CN=admin)"), std::nullopt);
}

TEST(CertificatePrincipal, HasTheWholeSubjectAsItsId) {
  const Principal principal = certificate_principal("CN=ci,O=Example");
  EXPECT_EQ(principal.name, "ci");
  EXPECT_EQ(principal.id, "certificate:CN=ci,O=Example");
}

TEST(CertificatePrincipal, HasAPlainNameWhereTheCommonNameIsNotFitForALog) {
  for (const std::string& subject :
       {std::string("O=Example"), std::string("CN="), std::string(R"(CN=a\0Ab)"),
        std::string(R"(CN=Zo\C3\AB)"), "CN=" + std::string(65, 'n')}) {
    EXPECT_EQ(certificate_principal(subject).name, "certificate") << subject;
  }
  EXPECT_EQ(certificate_principal("CN=" + std::string(64, 'n')).name, std::string(64, 'n'));
}

struct Sent {
  std::string subject;
  std::string credential;
  bool conflict = false;
};

/// The name of the principal that `auth` lets in, or its words of refusal.
std::string answer(const std::string& options, const Sent& sent) {
  const ParsedOptions parsed(options);
  EXPECT_TRUE(parsed.diagnostics.ok());
  const Auth auth(parsed.options);
  TestExchange x(Route::kChatCompletions);
  x.request.certificate_subject = sent.subject;
  x.request.credential = sent.credential;
  x.request.credential_conflict = sent.conflict;
  const auto r = run(auth, x, [](Exchange&) { return reply(200); });
  return r ? x.principal->name : r.error().public_message;
}

constexpr const char* kBoth = "{client_certificate: true, keys: [{name: key, key: sk-1}]}";
constexpr const char* kAlone = "client_certificate: true";

TEST(AuthByClientCertificate, LetsAVerifiedCertificateIn) {
  EXPECT_EQ(answer(kBoth, {"CN=ci", ""}), "ci");
  EXPECT_EQ(answer(kAlone, {"CN=ci", ""}), "ci");
}

TEST(AuthByClientCertificate, LetsAKeyDecideWhereKeysCount) {
  EXPECT_EQ(answer(kBoth, {"", "sk-1"}), "key");
  EXPECT_EQ(answer(kBoth, {"CN=ci", "sk-1"}), "key");
  constexpr const char* kRefused =
      "missing or wrong API key; send it as `Authorization: Bearer <key>`, or show a client "
      "certificate and send no key";
  EXPECT_EQ(answer(kBoth, {"CN=ci", "sk-wrong"}), kRefused);
  EXPECT_EQ(answer(kBoth, {"CN=ci", "", true}), kRefused);
  EXPECT_EQ(answer(kBoth, {"", ""}), kRefused);
}

TEST(AuthByClientCertificate, DoesNotLookAtKeysWhereThereAreNone) {
  EXPECT_EQ(answer(kAlone, {"CN=ci", "what an SDK must send"}), "ci");
  constexpr const char* kRefused =
      "no client certificate; connect with one of an authority that this server trusts";
  EXPECT_EQ(answer(kAlone, {"", "sk-1"}), kRefused);
  EXPECT_EQ(answer(kAlone, {"", ""}), kRefused);
  EXPECT_EQ(answer(kAlone, {"CN=ci", "", true}), kRefused);
}

TEST(AuthByClientCertificate, IsOffWhereNothingIsSaid) {
  EXPECT_EQ(answer("keys: [{name: key, key: sk-1}]", {"CN=ci", ""}),
            "missing or wrong API key; send it as `Authorization: Bearer <key>`");
}

}  // namespace
}  // namespace penstock::auth::test
