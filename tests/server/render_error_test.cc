#include "server/render_error.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace penstock::server {
namespace {

using namespace std::chrono_literals;

TEST(ErrorObject, HasTheShapeThatSdksRead) {
  Error error = invalid_request("what was wrong");
  error.kind = ErrorKind::kModelNotFound;
  EXPECT_EQ(nlohmann::json::parse(error_object(error, "req_1")),
            nlohmann::json::parse(R"({"error":{"message":"what was wrong",
                "type":"invalid_request_error","param":null,"code":"model_not_found",
                "origin":"gateway","request_id":"req_1"}})"));
}

TEST(ErrorObject, HasNullWhereTheKindHasNoCode) {
  const auto object = nlohmann::json::parse(error_object(invalid_request("no"), "req_1"));
  EXPECT_TRUE(object["error"]["code"].is_null());
}

TEST(ErrorObject, KeepsItsOwnTypeCodeAndParam) {
  Error error = invalid_request("say \"no\"\n", "messages[0].role", "invalid_value");
  error.type = "special";
  error.detail = "for the log alone";
  const std::string text = error_object(error, "req_1");
  const auto object = nlohmann::json::parse(text)["error"];
  EXPECT_EQ(object["message"], "say \"no\"\n");
  EXPECT_EQ(object["param"], "messages[0].role");
  EXPECT_EQ(object["code"], "invalid_value");
  EXPECT_EQ(object["type"], "special");
  EXPECT_EQ(text.find("for the log"), std::string::npos);
}

TEST(ErrorHeaders, TellHowLongToWaitInSecondsRoundedUpAndInMilliseconds) {
  Error error = invalid_request("later");
  error.kind = ErrorKind::kRateLimited;
  error.retry_after = 1001ms;
  Headers headers;
  set_error_headers(error, headers);
  EXPECT_EQ(headers.get("retry-after"), "2");
  EXPECT_EQ(headers.get("retry-after-ms"), "1001");
  EXPECT_FALSE(headers.get("x-should-retry"));
}

TEST(ErrorHeaders, SayThatWaitingDoesNotHelp) {
  Error error = invalid_request("never");
  error.retry_after = 5s;
  error.retry_helps = false;
  Headers headers;
  set_error_headers(error, headers);
  EXPECT_EQ(headers.get("x-should-retry"), "false");
  EXPECT_FALSE(headers.get("retry-after"));
}

TEST(ErrorHeaders, NameTheMethodsThatAreAllowed) {
  Error error = invalid_request("no");
  error.kind = ErrorKind::kMethodNotAllowed;
  error.detail = "GET, HEAD";
  Headers headers;
  set_error_headers(error, headers);
  EXPECT_EQ(headers.get("allow"), "GET, HEAD");
}

}  // namespace
}  // namespace penstock::server
