#include "interceptors/log/options.h"

#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/log/log.h"
#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "support/config_node.h"
#include "support/lambda_endpoint.h"
#include "support/temp_folder.h"
#include "support/test_exchange.h"

namespace penstock {
namespace {

using exchange_log::Content;
using exchange_log::Options;
using testing::ElementsAre;
using testing::IsEmpty;

struct LogOptionsTest : testing::Test {
  Options parse(std::string_view yaml) {
    return Options::parse(test::config_node(yaml), diagnostics);
  }
  Layer make(const std::string& yaml) {
    return make_log(test::config_node(yaml), diagnostics, services);
  }
  std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void log_one(const Layer& layer) {
    test::TestExchange x(Route::kChatCompletions);
    const auto r = test::run(*layer.interceptor, x,
                             [](Exchange&) -> Result<Response> { return test::reply(200); });
    EXPECT_TRUE(r);
  }

  test::TempFolder folder;
  config::Diagnostics diagnostics;
  std::unique_ptr<Log> log =
      std::move(*Log::open({.file = folder.path() + "/own"}, system_clock()));
  limits::MemoryStore meters{system_clock()};
  Metrics metrics;
  Services services{system_clock(), *log, meters, metrics};
};

TEST_F(LogOptionsTest, HasDefaults) {
  const Options options = parse("{}");
  EXPECT_THAT(test::messages(diagnostics), IsEmpty());
  EXPECT_FALSE(options.records.request);
  EXPECT_FALSE(options.records.response);
  EXPECT_TRUE(options.records.exchange);
  EXPECT_EQ(options.content, Content::kNone);
  EXPECT_EQ(options.file, "stdout");
  EXPECT_EQ(options.max_content, 16u * 1024);
}

TEST_F(LogOptionsTest, ReadsAllOfThem) {
  const Options options =
      parse("{records: [request, response], content: redacted, file: /x, max_content: 1KiB}");
  EXPECT_THAT(test::messages(diagnostics), IsEmpty());
  EXPECT_TRUE(options.records.request);
  EXPECT_TRUE(options.records.response);
  EXPECT_FALSE(options.records.exchange);
  EXPECT_EQ(options.content, Content::kRedacted);
  EXPECT_EQ(options.file, "/x");
  EXPECT_EQ(options.max_content, 1024u);
}

TEST_F(LogOptionsTest, TakesASingleRecordForAListOfOne) {
  EXPECT_TRUE(parse("{records: request}").records.request);
  EXPECT_EQ(parse("{content: full}").content, Content::kFull);
  EXPECT_THAT(test::messages(diagnostics), IsEmpty());
}

TEST_F(LogOptionsTest, WritesToTheProcessesLogWithoutAFile) {
  log_one(make("{}"));
  log->flush();
  EXPECT_THAT(content_of(folder.path() + "/own"), testing::HasSubstr("\"event\":\"exchange\""));
}

TEST_F(LogOptionsTest, WritesToAFileOfItsOwn) {
  const std::string path = folder.path() + "/exchanges";
  log_one(make("{file: " + path + "}"));
  log->flush();
  EXPECT_EQ(content_of(folder.path() + "/own"), "");
  EXPECT_THAT(content_of(path), testing::HasSubstr("\"event\":\"exchange\""));
}

TEST_F(LogOptionsTest, SaysThatTheFileCannotBeOpened) {
  EXPECT_EQ(make("{file: " + folder.path() + "/none/log}").interceptor, nullptr);
  EXPECT_THAT(test::messages(diagnostics),
              ElementsAre("cannot open the log file `" + folder.path() +
                          "/none/log`: No such file or directory"));
}

struct Wrong {
  std::string yaml;
  std::string message;
};
class WrongLogOptions : public LogOptionsTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongLogOptions, AreRefusedWithASentence) {
  EXPECT_EQ(make(GetParam().yaml).interceptor, nullptr);
  EXPECT_THAT(test::messages(diagnostics), ElementsAre(GetParam().message));
}

constexpr const char* kRecords = "expected a list with at least one of request, response, exchange";
constexpr const char* kSize =
    "max_content: expected between 1 byte and 1MiB; `content: none` leaves bodies out";
INSTANTIATE_TEST_SUITE_P(
    Options, WrongLogOptions,
    testing::Values(
        Wrong{"{record: [exchange]}", "record: unknown key `record`; did you mean `records`?"},
        Wrong{"{records: [exchnge]}", "records[0]: expected one of request, response, exchange"},
        Wrong{"{records: [[request]]}", "records[0]: expected one of request, response, exchange"},
        Wrong{"{records: all}", "records: expected one of request, response, exchange"},
        Wrong{"{records: []}", std::string("records: ") + kRecords},
        Wrong{"{records: {request: true}}", std::string("records: ") + kRecords},
        Wrong{"{file: ''}", "file: expected stdout, stderr or the path of a file"},
        Wrong{"{max_content: 0}", kSize}, Wrong{"{max_content: 2MiB}", kSize}));

TEST_F(LogOptionsTest, RefusesUnknownContent) {
  EXPECT_EQ(make("{content: ful}").interceptor, nullptr);
  ASSERT_EQ(diagnostics.list().size(), 1u);
  EXPECT_EQ(diagnostics.list().front().path, "content");
}

}  // namespace
}  // namespace penstock
