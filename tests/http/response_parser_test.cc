#include "http/response_parser.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "http/parse_head.h"

namespace penstock::http {
namespace {

using namespace std::string_literals;

std::string summary(const ResponseHead& head) {
  return std::to_string(head.status) + " 1." + std::to_string(head.minor_version) +
         " body=" + test::to_text(head.framing) + (head.keep_alive ? " keep" : " close") + " " +
         test::to_text(head.headers);
}

/// The outcome without the size, which is checked here: each head is whole.
std::string parse(std::string_view bytes, bool answers_head = false) {
  const std::string outcome =
      test::outcome_of_all_cuts(ResponseParser({}, answers_head), bytes, summary);
  const std::string size = " size " + std::to_string(bytes.size());
  return outcome.ends_with(size) ? outcome.substr(0, outcome.size() - size.size()) : outcome;
}

TEST(ResponseParser, ReadsAnOrdinaryHead) {
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX_Under-score: 1\r\n"
                  "Content-Length: 12\r\n\r\n"),
            "200 1.1 body=length 12 keep "
            "content-type=application/json|x_under-score=1|content-length=12|");
}

TEST(ResponseParser, TakesAnyReasonOrNone) {
  for (const auto* line :
       {"HTTP/1.1 299 Very well\xC3\xA9, thanks\t!", "HTTP/1.1 299 ", "HTTP/1.1 299"}) {
    EXPECT_EQ(parse(line + "\r\nContent-Length: 0\r\n\r\n"s),
              "299 1.1 body=length 0 keep content-length=0|");
  }
}

TEST(ResponseParser, RefusesAStatusLineThatIsNone) {
  for (const std::string& line :
       {"HTTP/1.2 200 OK"s, "HTTP/2 200 OK"s, "HTTP/1.1  200 OK"s, "HTTP/1.1 20 OK"s,
        "HTTP/1.1 2000 OK"s, "HTTP/1.1 099 OK"s, "HTTP/1.1 600 OK"s, "HTTP/1.1 +20 OK"s,
        "HTTP/1.1 200\tOK"s, "HTTP/1.1 200 O\x01K"s, "HTTP/1.1 200 O\0K"s, "HTTP/1.1"s, ""s,
        "http/1.1 200 OK"s, "ICY 200 OK"s, "<html>"s, " HTTP/1.1 200 OK"s}) {
    SCOPED_TRACE(testing::PrintToString(line));
    EXPECT_EQ(parse(line + "\r\nContent-Length: 0\r\n\r\n"), "502");
  }
}

struct FramingCase {
  const char* status;
  const char* fields;
  const char* outcome;
};

TEST(ResponseParser, FindsTheFraming) {
  for (const FramingCase& c : {
           FramingCase{"200", "Content-Length: 5\r\n", "body=length 5 keep"},
           FramingCase{"200", "Transfer-Encoding: Chunked\r\n", "body=chunked keep"},
           FramingCase{"200", "", "body=until close close"},
           FramingCase{"200", "Connection: close\r\nContent-Length: 5\r\n", "body=length 5 close"},
           FramingCase{"204", "", "body=none keep"},
           FramingCase{"204", "Content-Length: 5\r\n", "body=none keep"},
           FramingCase{"304", "Content-Length: 5\r\n", "body=none keep"},
           FramingCase{"304", "Transfer-Encoding: chunked\r\n", "body=none keep"},
           FramingCase{"100", "", "body=none keep"},
           FramingCase{"103", "Link: x\r\n", "body=none keep"},
           FramingCase{"404", "", "body=until close close"},
       }) {
    const auto outcome = parse("HTTP/1.1 "s + c.status + " x\r\n" + c.fields + "\r\n");
    EXPECT_TRUE(outcome.starts_with(c.status + " 1.1 "s + c.outcome + " ")) << outcome;
  }
}

TEST(ResponseParser, ExpectsNoBodyBehindAnAnswerToHead) {
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true),
            "200 1.1 body=none keep content-length=5|");
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\n\r\n", true), "200 1.1 body=none keep ");
}

TEST(ResponseParser, ClosesHttp10UnlessTheUpstreamKeepsAlive) {
  EXPECT_EQ(parse("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n"),
            "200 1.0 body=length 5 close content-length=5|");
  EXPECT_EQ(parse("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n"),
            "200 1.0 body=length 5 keep content-length=5|connection=keep-alive|");
  EXPECT_EQ(parse("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"),
            "200 1.0 body=until close close connection=keep-alive|");
}

TEST(ResponseParser, RefusesWhatARequestMayNotHoldEither) {
  for (const std::string& fields :
       {"Content-Length: 5\r\nContent-Length: 5\r\n"s, "Content-Length: 5, 5\r\n"s,
        "Content-Length: +5\r\n"s, "Content-Length:\r\n"s,
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"s, "Transfer-Encoding: gzip\r\n"s,
        "Transfer-Encoding: gzip, chunked\r\n"s,
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"s, "X: 1\r\n 2\r\n"s,
        "X : 1\r\n"s, "X\r\n"s, ": 1\r\n"s, "X: a\0b\r\n"s, "X: a\rb\r\n"s, "X: a\n"s}) {
    SCOPED_TRACE(testing::PrintToString(fields));
    EXPECT_EQ(parse("HTTP/1.1 200 OK\r\n" + fields + "\r\n"), "502");
  }
  EXPECT_EQ(parse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "502");
  EXPECT_EQ(parse("\r\nHTTP/1.1 200 OK\r\n\r\n"), "502");
}

TEST(ResponseParser, BoundsLinesFieldsAndHead) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(parse("HTTP/1.1 200 " + std::string(16 * 1024, 'a')), "502");
  EXPECT_EQ(parse(head + "X: " + std::string(16 * 1024, 'a')), "502");
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "a: b\r\n";
  EXPECT_EQ(parse(head + fields), "502");
  const std::string line = "X: " + std::string(16 * 1024 - 3, 'a') + "\r\n";
  EXPECT_EQ(parse(head + line + line + line + line), "502");
}

TEST(ResponseParser, TellsTheLogAndNotTheClientWhatIsWrong) {
  ResponseParser parser({}, false);
  const auto size = parser.parse("HTTP/1.1 200 OK\r\nX-A\r\n");
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().source, ErrorSource::kUpstream);
  EXPECT_EQ(size.error().public_message, "the upstream's answer is not valid HTTP");
  EXPECT_EQ(size.error().detail, "a field line has no colon");
}

TEST(ResponseParser, WaitsForTheRestOfAHead) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_EQ(parse(answer.substr(0, size)), "incomplete") << size;
  }
}

}  // namespace
}  // namespace penstock::http
