#include "interceptors/log/log.h"

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/lambda_endpoint.h"
#include "support/temp_folder.h"
#include "support/test_exchange.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using exchange_log::Content;
using exchange_log::Options;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kChat =
    R"({"model":"gpt","stream":true,"messages":[{"role":"user","content":"hi there"}]})";

/// A stream of these pieces that says what it used.
class Pieces final : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  Result<std::optional<Chunk>> read(Deadline) override {
    if (at_ == pieces_.size()) return std::nullopt;
    return Chunk{pieces_[at_++]};
  }
  Usage usage() const override { return {Usage::Origin::kMeasured, 5, at_, 3, at_ / 2}; }

 private:
  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
};

Response stream(std::vector<std::string> pieces) {
  Response response;
  response.body = Body(std::make_unique<Pieces>(std::move(pieces)));
  return response;
}

Outcome ended(Ending ending, std::uint64_t bytes_out = 0) {
  Outcome outcome;
  outcome.ending = ending;
  outcome.bytes_out = bytes_out;
  return outcome;
}

void read_to_the_end(Response& response) {
  for (auto chunk = response.body.read({}); chunk && *chunk; chunk = response.body.read({})) {
  }
}

Options only_exchange(Content content = Content::kNone) {
  Options options;
  options.records.exchange = true;
  options.content = content;
  return options;
}

struct LogInterceptorTest : testing::Test {
  Result<Response> run(const Options& options, std::function<Result<Response>(Exchange&)> next) {
    interceptor = std::make_unique<LogInterceptor>(options, *log);
    return test::run(*interceptor, x, std::move(next));
  }
  /// What auth and the upstream leave behind.
  static void know_all(Exchange& inner) {
    inner.principal = Principal{"ci", "ci"};
    ASSERT_TRUE(inner.facts());
  }
  std::string text() {
    log->flush();
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<json> records() {
    log->flush();
    std::ifstream file(path);
    std::vector<json> all;
    for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
    return all;
  }
  json record() {
    const auto all = records();
    EXPECT_EQ(all.size(), 1u);
    return all.size() == 1 ? all.front() : json::object();
  }

  test::TempFolder folder;
  std::string path = folder.path() + "/log";
  test::TestExchange x{Route::kChatCompletions, std::string(kChat), "req_1"};
  std::unique_ptr<Log> log = std::move(*Log::open({.file = path}, x.clock()));
  std::unique_ptr<LogInterceptor> interceptor;
};

TEST_F(LogInterceptorTest, WritesAStreamsRecordWhenItEndsWithAllThatIsKnown) {
  auto r = run(only_exchange(), [](Exchange& inner) -> Result<Response> {
    know_all(inner);
    return stream({"data: a\n\n", "data: b\n\n"});
  });
  ASSERT_TRUE(r);
  EXPECT_EQ(text(), "");

  Outcome outcome = ended(Ending::kComplete, 18);
  x.manual_clock().advance(12ms);
  outcome.first_byte = x.clock().now();
  read_to_the_end(*r);
  x.manual_clock().advance(30500us);
  r->body.finish(std::move(outcome));
  EXPECT_EQ(record(), json::parse(R"({
      "ts":"2026-01-02T03:04:05.720Z","level":"info","event":"exchange","request_id":"req_1",
      "route":"chat_completions","key":"ci","model":"gpt","upstream":"test","status":200,
      "stream":true,"outcome":"complete","input_tokens":5,"cached_tokens":3,"output_tokens":2,
      "reasoning_tokens":1,"first_byte_ms":12.0,"duration_ms":42.5,"bytes_out":18,
      "usage":"measured"})"));
}

TEST_F(LogInterceptorTest, TellsHowSureTheTokensAre) {
  const auto usage_of = [this](Usage usage, const char* remark) {
    auto r = run(only_exchange(), [&](Exchange& inner) -> Result<Response> {
      if (remark != nullptr) inner.remarks()->set("usage", remark);
      Response response;
      response.body = Body("text", usage);
      return response;
    });
    EXPECT_TRUE(r);
    r->body.finish(ended(Ending::kComplete));
    return records().back().value("usage", "");
  };
  using Origin = Usage::Origin;
  EXPECT_EQ(usage_of({Origin::kMeasured, 1, 2}, nullptr), "measured");
  EXPECT_EQ(usage_of({Origin::kCounted, {}, 2}, nullptr), "counted");
  EXPECT_EQ(usage_of({}, nullptr), "");
  EXPECT_EQ(usage_of({Origin::kCounted, {}, 2}, "estimated"), "counted");
  EXPECT_EQ(usage_of({}, "estimated"), "estimated");
  EXPECT_EQ(usage_of({Origin::kMeasured, 1, 2}, "estimated"), "measured");
}

TEST_F(LogInterceptorTest, LeavesOutWhatIsNotKnown) {
  auto r = run(only_exchange(), [](Exchange&) -> Result<Response> { return test::reply(200); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(record(), json::parse(R"({
      "ts":"2026-01-02T03:04:05.678Z","level":"info","event":"exchange","request_id":"req_1",
      "route":"chat_completions","status":200,"outcome":"complete","duration_ms":0.0,
      "bytes_out":0})"));
}

TEST_F(LogInterceptorTest, WritesTheRequestRecordBeforeItGoesOn) {
  Options options;
  options.records.request = true;
  auto r = run(options, [this](Exchange&) -> Result<Response> {
    EXPECT_EQ(records().size(), 1u);
    return test::reply(200);
  });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(record(), json::parse(R"({"ts":"2026-01-02T03:04:05.678Z","level":"info",
      "event":"request","request_id":"req_1","route":"chat_completions"})"));
}

TEST_F(LogInterceptorTest, WritesEachRecordThatIsAskedForOnce) {
  Options options;
  options.records = {true, true, true};
  auto r = run(options, [](Exchange&) -> Result<Response> { return test::reply(200); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  r->body.finish(ended(Ending::kClientGone));
  const auto all = records();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0]["event"], "request");
  EXPECT_EQ(all[1]["event"], "response");
  EXPECT_EQ(all[2]["event"], "exchange");
  EXPECT_EQ(all[1]["outcome"], "complete");
}

TEST_F(LogInterceptorTest, AccountsForAClientThatLeftInTheMiddle) {
  auto r = run(only_exchange(), [](Exchange&) -> Result<Response> {
    return stream({"data: a\n\n", "data: b\n\n"});
  });
  ASSERT_TRUE(r);
  ASSERT_TRUE(r->body.read({}));
  r->body.finish(ended(Ending::kClientGone, 9));
  const json line = record();
  EXPECT_EQ(line["outcome"], "client_gone");
  EXPECT_EQ(line["output_tokens"], 1);
  EXPECT_EQ(line["bytes_out"], 9);
  EXPECT_EQ(line["level"], "info");
}

TEST_F(LogInterceptorTest, CallsAStreamThatTheUpstreamBrokeOffAnError) {
  auto r = run(only_exchange(), [](Exchange&) -> Result<Response> { return stream({"data: a"}); });
  ASSERT_TRUE(r);
  Outcome outcome = ended(Ending::kUpstreamFailed);
  outcome.error = "the upstream closed in the middle";
  r->body.finish(std::move(outcome));
  const json line = record();
  EXPECT_EQ(line["level"], "error");
  EXPECT_EQ(line["outcome"], "upstream_failed");
  EXPECT_EQ(line["error"], "the upstream closed in the middle");
}

TEST_F(LogInterceptorTest, WritesARecordForAnAnswerThatIsDroppedUnread) {
  {
    const auto r =
        run(only_exchange(), [](Exchange&) -> Result<Response> { return stream({"a"}); });
    ASSERT_TRUE(r);
  }
  EXPECT_EQ(record()["outcome"], "abandoned");
}

TEST_F(LogInterceptorTest, TellsTheStatusThatTheClientSawInPlaceOfTheResponses) {
  auto r = run(only_exchange(), [](Exchange&) -> Result<Response> { return test::reply(200); });
  ASSERT_TRUE(r);
  Outcome outcome = ended(Ending::kUpstreamFailed);
  outcome.status = 502;
  r->body.finish(std::move(outcome));
  EXPECT_EQ(record()["status"], 502);
}

TEST_F(LogInterceptorTest, OutlivesTheExchange) {
  std::optional<Response> kept;
  {
    test::TestExchange gone(Route::kChatCompletions, std::string(kChat), "req_gone");
    LogInterceptor layer(only_exchange(Content::kFull), *log);
    auto r = test::run(layer, gone, [](Exchange& inner) -> Result<Response> {
      know_all(inner);
      return test::reply(200, "text");
    });
    ASSERT_TRUE(r);
    kept = std::move(*r);
    gone.release_body();
    kept->body.finish(ended(Ending::kComplete));
  }
  const json line = record();
  EXPECT_EQ(line["request_id"], "req_gone");
  EXPECT_EQ(line["request_body"], kChat);
}

struct Failure {
  Error error;
  int status;
  std::string level;
  std::string outcome;  // empty: left out
  std::string text;
};
class LogOfErrors : public LogInterceptorTest, public testing::WithParamInterface<Failure> {};

TEST_P(LogOfErrors, HasStatusLevelAndReason) {
  const Failure& expected = GetParam();
  Options options = only_exchange();
  options.records.response = true;
  const auto r = run(options, [&expected](Exchange& inner) -> Result<Response> {
    know_all(inner);
    return expected.error;
  });
  ASSERT_FALSE(r);
  const auto all = records();
  ASSERT_EQ(all.size(), 2u);
  for (const json& line : all) {
    EXPECT_EQ(line["status"], expected.status);
    EXPECT_EQ(line["level"], expected.level);
    EXPECT_EQ(line.value("outcome", ""), expected.outcome);
    EXPECT_EQ(line["error"], expected.text);
    EXPECT_EQ(line["key"], "ci");
    EXPECT_FALSE(line.contains("bytes_out"));
    EXPECT_TRUE(line.contains("duration_ms"));
  }
}

Error make_error(ErrorKind kind, ErrorSource source, std::string detail) {
  Error error;
  error.kind = kind;
  error.source = source;
  error.public_message = "for the client";
  error.detail = std::move(detail);
  return error;
}

INSTANTIATE_TEST_SUITE_P(
    Errors, LogOfErrors,
    testing::Values(Failure{make_error(ErrorKind::kUnauthenticated, ErrorSource::kClient, ""), 401,
                            "warning", "", "for the client"},
                    Failure{make_error(ErrorKind::kRateLimited, ErrorSource::kClient, "bucket x"),
                            429, "warning", "", "bucket x"},
                    Failure{make_error(ErrorKind::kInternal, ErrorSource::kInternal, "why"), 500,
                            "error", "", "why"},
                    Failure{make_error(ErrorKind::kUpstreamTimeout, ErrorSource::kUpstream, "slow"),
                            504, "error", "upstream_failed", "slow"},
                    Failure{make_error(ErrorKind::kCancelled, ErrorSource::kClient, "left"), 499,
                            "warning", "client_gone", "left"}));

class LogLevels : public LogInterceptorTest,
                  public testing::WithParamInterface<std::pair<int, std::string>> {};

TEST_P(LogLevels, FollowTheStatus) {
  auto r = run(only_exchange(),
               [](Exchange&) -> Result<Response> { return test::reply(GetParam().first); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(record()["level"], GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(Statuses, LogLevels,
                         testing::Values(std::pair(200, "info"), std::pair(304, "info"),
                                         std::pair(400, "warning"), std::pair(499, "warning"),
                                         std::pair(500, "error"), std::pair(529, "error")));

TEST_F(LogInterceptorTest, BoundsWhatComesFromOutside) {
  x.principal = Principal{std::string(10'000, 'k'), "id"};
  const auto r = run(only_exchange(), [](Exchange&) -> Result<Response> {
    return internal_error(std::string(1 << 20, 'e'));
  });
  ASSERT_FALSE(r);
  const json line = record();
  EXPECT_EQ(line["key"].get<std::string>().size(), 256u);
  EXPECT_EQ(line["error"].get<std::string>().size(), 1024u);
}

TEST_F(LogInterceptorTest, KeepsOneRecordOnOneLineWhateverIsInIt) {
  x.principal = Principal{"a\n{\"event\":\"forged\"}", "id"};
  auto r = run(only_exchange(), [](Exchange&) -> Result<Response> { return test::reply(200); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(record()["key"], "a\n{\"event\":\"forged\"}");
}

TEST_F(LogInterceptorTest, NeverPrintsACredentialOrAHeader) {
  x.request.credential = "sk-secret";
  x.request.headers.add("cookie", "sk-secret");
  Options options = only_exchange(Content::kFull);
  options.records = {true, true, true};
  auto r = run(options, [](Exchange& inner) -> Result<Response> {
    know_all(inner);
    Response response = test::reply(200, "text");
    response.headers.add("set-cookie", "sk-secret");
    return response;
  });
  ASSERT_TRUE(r);
  read_to_the_end(*r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(records().size(), 3u);
  EXPECT_THAT(text(), Not(HasSubstr("sk-secret")));
}

TEST_F(LogInterceptorTest, AddsWhatLayersRemarkUntilTheAnswersEnd) {
  auto r = run(only_exchange(), [](Exchange& inner) -> Result<Response> {
    inner.remarks()->set("response_verdict", "skipped");
    Response response = stream({"a"});
    response.body.each([remarks = inner.remarks()](const Chunk&) -> Result<void> {
      remarks->set("response_verdict", "valid");
      return {};
    });
    return response;
  });
  read_to_the_end(*r);
  r->body.finish(ended(Ending::kComplete, 1));

  EXPECT_EQ(record()["response_verdict"], "valid");
}

TEST_F(LogInterceptorTest, BoundsWhatLayersRemark) {
  auto r = run(only_exchange(), [](Exchange& inner) -> Result<Response> {
    inner.remarks()->set("response_verdict", std::string(5000, 'x'));
    return test::reply(200, "{}");
  });
  r->body.finish(ended(Ending::kComplete, 2));

  EXPECT_EQ(record()["response_verdict"].get<std::string>().size(), 1024U);
}

TEST_F(LogInterceptorTest, LooksAtNoChunkWithoutContent) {
  auto r = run(only_exchange(), [](Exchange&) -> Result<Response> { return stream({"secret"}); });
  ASSERT_TRUE(r);
  read_to_the_end(*r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_THAT(text(), Not(HasSubstr("secret")));
  EXPECT_FALSE(record().contains("request_body"));
}

}  // namespace
}  // namespace penstock
