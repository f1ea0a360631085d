#include "penstock/error.h"

#include <string>

#include <gtest/gtest.h>

#include "penstock/result.h"

namespace penstock {
namespace {

struct Row {
  ErrorKind kind;
  int status;
  std::string type;
  std::string code;  // empty: null
};
class DescribeError : public testing::TestWithParam<Row> {};

TEST_P(DescribeError, HasStatusTypeAndCode) {
  const Row& row = GetParam();
  const ErrorDescription description = describe(row.kind);
  EXPECT_EQ(description.status, row.status);
  EXPECT_EQ(description.type, row.type);
  EXPECT_EQ(description.code ? description.code : "", row.code);
}

constexpr const char* kInvalid = "invalid_request_error";
constexpr const char* kUpstream = "upstream_error";
INSTANTIATE_TEST_SUITE_P(
    AllKinds, DescribeError,
    testing::Values(Row{ErrorKind::kInvalidRequest, 400, kInvalid, ""},
                    Row{ErrorKind::kMalformedHttp, 400, kInvalid, "malformed_request"},
                    Row{ErrorKind::kUnauthenticated, 401, kInvalid, "invalid_api_key"},
                    Row{ErrorKind::kForbidden, 403, "permission_error", "forbidden"},
                    Row{ErrorKind::kNotFound, 404, kInvalid, "unknown_url"},
                    Row{ErrorKind::kModelNotFound, 404, kInvalid, "model_not_found"},
                    Row{ErrorKind::kMethodNotAllowed, 405, kInvalid, "method_not_supported"},
                    Row{ErrorKind::kRequestTimeout, 408, kInvalid, "request_timeout"},
                    Row{ErrorKind::kRequestTooLarge, 413, kInvalid, "request_too_large"},
                    Row{ErrorKind::kUriTooLong, 414, kInvalid, "uri_too_long"},
                    Row{ErrorKind::kUnsupportedMediaType, 415, kInvalid,
                        "unsupported_content_type"},
                    Row{ErrorKind::kExpectationFailed, 417, kInvalid, "expectation_failed"},
                    Row{ErrorKind::kHeadTooLarge, 431, kInvalid, "headers_too_large"},
                    Row{ErrorKind::kRateLimited, 429, "tokens", "rate_limit_exceeded"},
                    Row{ErrorKind::kInternal, 500, "server_error", "internal_error"},
                    Row{ErrorKind::kNotImplemented, 501, kInvalid, "not_implemented"},
                    Row{ErrorKind::kUpstreamUnreachable, 502, kUpstream, "upstream_unreachable"},
                    Row{ErrorKind::kUpstreamInvalid, 502, kUpstream, "upstream_invalid_response"},
                    Row{ErrorKind::kUpstreamRefusedKey, 502, kUpstream, "upstream_misconfigured"},
                    Row{ErrorKind::kOverloaded, 503, "server_error", "overloaded"},
                    Row{ErrorKind::kUpstreamTimeout, 504, kUpstream, "upstream_timeout"},
                    Row{ErrorKind::kHttpVersion, 505, kInvalid, "http_version_not_supported"},
                    Row{ErrorKind::kCancelled, 499, kInvalid, "client_closed_request"}));

TEST(Error, InternalDetailsAreNotForTheClient) {
  const Error error = internal_error("pointer was null in foo");
  EXPECT_EQ(error.kind, ErrorKind::kInternal);
  EXPECT_EQ(error.source, ErrorSource::kInternal);
  EXPECT_EQ(error.detail, "pointer was null in foo");
  EXPECT_EQ(error.public_message.find("null"), std::string::npos);
  EXPECT_FALSE(error.public_message.empty());
}

TEST(Error, AnInvalidRequestIsTheClientsFault) {
  const Error error = invalid_request("must be a number", "n", "invalid_type");
  EXPECT_EQ(error.kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(error.source, ErrorSource::kClient);
  EXPECT_EQ(error.public_message, "must be a number");
  EXPECT_EQ(error.param, "n");
  EXPECT_EQ(error.code, "invalid_type");
}

Result<int> half(int number) {
  if (number % 2 != 0) return invalid_request("odd");
  return number / 2;
}
Result<int> quarter(int number) {
  const int once = TRY(half(number));
  return half(once);
}
Result<void> must_be_even(int number) {
  TRY_VOID(half(number));
  return {};
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(3).error().public_message, "odd");
  EXPECT_EQ(quarter(6).error().public_message, "odd");
  EXPECT_TRUE(must_be_even(2));
  EXPECT_EQ(must_be_even(1).error().public_message, "odd");
}

TEST(ResultDeathTest, ValueOfAnErrorAborts) {
  EXPECT_DEATH({ [[maybe_unused]] const int none = half(1).value(); }, "");
}

}  // namespace
}  // namespace penstock
