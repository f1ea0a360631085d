// The gateway's codec against a second, independent reader of the same bytes, without sockets and
// so over far more bytes than the whole program can be given.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/case_file.h"
#include "conformance/mutations.h"
#include "conformance/reference_reader.h"
#include "conformance/server_reading.h"
#include "http/cuts.h"

namespace penstock::test {
namespace {

void expect_same_for_every_cut(const std::string& bytes, const ServerReading& whole) {
  for (const auto& pieces : cuts(bytes)) {
    ASSERT_EQ(read_as_server(pieces), whole)
        << "in " << pieces.size() << " pieces: " << testing::PrintToString(bytes);
  }
}

void judge(const nlohmann::json& entry) {
  SCOPED_TRACE(entry.at("id"));
  const std::string bytes = bytes_of(entry);
  const ServerReading reading = read_as_server({bytes});
  const std::string expect = entry.at("expect");
  if (expect == "accept") {
    EXPECT_EQ(reading.requests.size(), entry.value("responses", 1U));
    EXPECT_EQ(reading.requests, read_strictly(bytes));
  } else if (expect == "reject") {
    EXPECT_EQ(reading.requests.size(), 0U);
  }
  for (const ReadRequest& request : reading.requests) {
    EXPECT_FALSE(request.body.starts_with("{\"model\":\"SMUGGLED\""))
        << "a hidden request came out";
  }
  expect_same_for_every_cut(bytes, reading);
}

TEST(RequestCodec, JudgesItsOwnTable) {
  for (const auto& entry : own_cases("http1/requests.jsonl")) judge(entry);
}

TEST(RequestCodec, JudgesTheCorpus) {
  const auto cases = corpus_cases("http1/requests.jsonl");
  if (cases.empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  for (const auto& entry : cases) judge(entry);
}

constexpr std::string_view kHead =
    "POST /v1/chat/completions?a=%41 HTTP/1.1\r\nHost: g.test:80\r\nX-A: b \"c\", d\r\n";
constexpr std::string_view kNext = "GET /livez HTTP/1.1\r\nHost: g.test\r\n\r\n";

std::string with_length() {
  return std::string(kHead) + "Content-Length: 11\r\nConnection: keep-alive, x-a\r\n\r\n" +
         "0\r\n\r\nGET / " + std::string(kNext);
}
std::string in_chunks() {
  return std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\\\"e\"\r\nhello\r\n" +
         "0A\r\n0123456789\r\n0;z\r\nX-T: 1\r\n\r\n" + std::string(kNext);
}
std::string with_url() {
  return "OPTIONS http://g.test/v1/files/a%20b/c?x=1&y HTTP/1.1\r\nhost:g.test\r\nExpect: "
         "100-continue\r\n\r\n" +
         std::string(kNext);
}
std::string old_one() {
  return "GET /v1/models/a HTTP/1.0\r\nContent-Length: 0\r\n\r\n" + std::string(kNext);
}

class Mutated : public testing::TestWithParam<std::string (*)()> {};

TEST_P(Mutated, IsReadAsTheStrictReaderDoesForEveryCut) {
  const std::string good = GetParam()();
  ASSERT_FALSE(read_strictly(good).empty());
  std::size_t count = 0;
  std::size_t read = 0;
  for_each_mutation(good, [&](const std::string& bytes) {
    const ServerReading reading = read_as_server({bytes});
    EXPECT_EQ(reading.requests, read_strictly(bytes)) << testing::PrintToString(bytes);
    expect_same_for_every_cut(bytes, reading);
    ++count;
    read += reading.requests.empty() ? 0 : 1;
  });
  EXPECT_GT(count, 5'000U);
  EXPECT_GT(read, 1'000U) << "most edits of a value leave a good request";
}

INSTANTIATE_TEST_SUITE_P(EachKind, Mutated,
                         testing::Values(&with_length, &in_chunks, &with_url, &old_one));

}  // namespace
}  // namespace penstock::test
