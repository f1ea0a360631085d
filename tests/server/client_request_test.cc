#include "server/client_request.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace penstock::server {
namespace {

using Fields = std::vector<std::pair<const char*, const char*>>;

http::RequestHead head_with(const Fields& fields) {
  http::RequestHead head;
  head.method = "POST";
  for (const auto& [name, value] : fields) head.headers.add(name, value);
  return head;
}

Request request_with(const Fields& fields) {
  http::RequestHead head = head_with(fields);
  return make_request(head, {"/v1/chat/completions", "a=b"}, RouteMatch{});
}

TEST(ClientRequest, KeepsOnlyWhatMayTravel) {
  const Request request = request_with({{"host", "gateway"},
                                        {"content-length", "2"},
                                        {"connection", "keep-alive, x-secret-hop"},
                                        {"connection", "x-other-hop"},
                                        {"x-secret-hop", "1"},
                                        {"x-other-hop", "1"},
                                        {"cookie", "a=b"},
                                        {"authorization", "Bearer k"},
                                        {"x-forwarded-for", "1.2.3.4"},
                                        {"forwarded", "for=1.2.3.4"},
                                        {"origin", "http://localhost"},
                                        {"sec-fetch-mode", "cors"},
                                        {"x-request-id", "mine"},
                                        {"accept-encoding", "gzip"},
                                        {"openai-organization", "org"},
                                        {"content-type", "application/json"},
                                        {"user-agent", "OpenAI/Python"},
                                        {"traceparent", "00-1-2-01"},
                                        {"x-team", "blue"}});
  std::vector<std::string> names;
  request.headers.for_each([&](const Headers::Field& f) { names.emplace_back(f.name); });
  EXPECT_EQ(names,
            (std::vector<std::string>{"content-type", "user-agent", "traceparent", "x-team"}));
  EXPECT_EQ(request.query, "a=b");
}

struct Credential {
  Fields fields;
  const char* credential;
  bool conflict;
};

class ClientCredential : public ::testing::TestWithParam<Credential> {};

TEST_P(ClientCredential, IsTakenFromItsHeader) {
  const Request request = request_with(GetParam().fields);
  EXPECT_EQ(request.credential_conflict, GetParam().conflict);
  if (!GetParam().conflict) {
    EXPECT_EQ(request.credential, GetParam().credential);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ClientCredential,
    ::testing::Values(
        Credential{{}, "", false}, Credential{{{"authorization", "Bearer k1"}}, "k1", false},
        Credential{{{"authorization", "bEaReR k1"}}, "k1", false},
        Credential{{{"authorization", "Bearer"}}, "", false},
        Credential{{{"authorization", "Basic azE="}}, "", true},
        Credential{{{"authorization", "Bearer two words"}}, "", true},
        Credential{{{"authorization", "Bearer  k1"}}, "", true},
        Credential{{{"x-api-key", "k1"}}, "k1", false},
        Credential{{{"api-key", "k1"}}, "k1", false},
        Credential{{{"api-key", "k1"}, {"authorization", "Bearer k1"}}, "k1", false},
        Credential{{{"api-key", "k2"}, {"authorization", "Bearer k1"}}, "", true},
        Credential{{{"authorization", "Bearer k1"}, {"authorization", "Bearer k1"}}, "", true}));

Result<void> check(const Fields& fields, const char* query = "", bool wants_json = true) {
  RouteMatch match;
  match.wants_json = wants_json;
  return check_request(head_with(fields), {"/v1/chat/completions", query}, match);
}

TEST(ClientRequest, AJsonRouteTakesJsonAlone) {
  for (const char* type :
       {"application/json", "Application/JSON", "application/json;charset=utf-8",
        "application/json; charset=\"UTF-8\"", "application/json ; Charset=UTF-8 ; a=b;"}) {
    EXPECT_TRUE(check({{"content-type", type}})) << type;
  }
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "", "application/jsonx",
        "application/json; charset=utf-16", "application/json; Charset=utf-7",
        "application/json;charset =utf-16", "application/json; a=b;CHARSET=\"utf-16\"",
        "application/json;charset", "application/json; charset=utf-8; charset=utf-16"}) {
    const auto fine = check({{"content-type", type}});
    ASSERT_FALSE(fine) << type;
    EXPECT_EQ(fine.error().kind, ErrorKind::kUnsupportedMediaType);
    EXPECT_NE(fine.error().public_message.find("content-type"), std::string::npos);
  }
  EXPECT_FALSE(check({}));
  EXPECT_TRUE(check({}, "", false));
}

TEST(ClientRequest, NoRouteTakesTwoContentTypes) {
  const Fields two{{"content-type", "multipart/form-data; boundary=a"},
                   {"content-type", "multipart/form-data; boundary=b"}};
  EXPECT_FALSE(check(two, "", false));
}

TEST(ClientRequest, AnEncodedBodyIsRefused) {
  const auto fine = check({{"content-type", "application/json"}, {"content-encoding", "gzip"}});
  ASSERT_FALSE(fine);
  EXPECT_EQ(fine.error().kind, ErrorKind::kUnsupportedMediaType);
  EXPECT_FALSE(check({{"content-type", "application/json"},
                      {"content-encoding", "identity"},
                      {"content-encoding", "gzip"}}));
}

TEST(ClientRequest, AKeyInTheUrlIsRefused) {
  for (const char* query : {"api_key=x", "a=b&key=x", "access_token=x"}) {
    EXPECT_FALSE(check({{"content-type", "application/json"}}, query)) << query;
  }
  EXPECT_TRUE(check({{"content-type", "application/json"}}, "monkey=1"));
}

}  // namespace
}  // namespace penstock::server
