#include "http/request_parser.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "http/parse_head.h"

namespace penstock::http {
namespace {

using namespace std::string_literals;

std::string summary(const RequestHead& head) {
  return head.method + " " + head.target + " 1." + std::to_string(head.minor_version) +
         " host=" + head.host + " body=" + test::to_text(head.framing) +
         (head.keep_alive ? " keep" : " close") + (head.expects_continue ? " continue" : "");
}

std::string parse(std::string_view bytes, const HeadLimits& limits = {}) {
  return test::outcome_of_all_cuts(RequestParser(limits), bytes, summary);
}

/// A request of HTTP/1.1 with a Host and these field lines, each with its CRLF.
std::string with_fields(std::string_view fields) {
  return "POST /v1 HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

std::string with_request_line(std::string_view line) {
  return std::string(line) + "\r\nHost: h\r\n\r\n";
}

struct Case {
  std::string bytes;
  std::string outcome;
};

void expect_outcomes(const std::vector<Case>& cases, std::string (*make)(std::string_view)) {
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.bytes));
    const std::string bytes = make(c.bytes);
    const std::string wanted = c.outcome.find(' ') == std::string::npos
                                   ? c.outcome
                                   : c.outcome + " size " + std::to_string(bytes.size());
    EXPECT_EQ(parse(bytes), wanted);
  }
}

void expect_refused(const std::vector<std::string>& cases, std::string (*make)(std::string_view),
                    const std::string& status = "400") {
  for (const std::string& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c));
    EXPECT_EQ(parse(make(c)), status);
  }
}

TEST(RequestParser, ReadsAnOrdinaryHead) {
  const std::string bytes =
      "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: gateway.test:4000\r\n"
      "Content-Type:application/json\r\nX-Empty:\r\nX-Title: \t D\xC3\xBC \t\r\n"
      "Content-Length: 12\r\n\r\n{\"rest\": 1}";
  RequestParser parser({});
  const auto size = parser.parse(bytes);
  ASSERT_TRUE(size);
  EXPECT_EQ(bytes.substr(*size), "{\"rest\": 1}");
  const RequestHead& head = parser.head();
  EXPECT_EQ(summary(head),
            "POST /v1/chat/completions?a=b 1.1 host=gateway.test:4000 body=length 12 keep");
  EXPECT_EQ(test::to_text(head.headers),
            "host=gateway.test:4000|content-type=application/json|x-empty=|x-title=D\xC3\xBC|"
            "content-length=12|");
}

TEST(RequestParser, ToleratesOneEmptyLineInFront) {
  const std::string request = with_fields("");
  EXPECT_EQ(parse("\r\n" + request),
            "POST /v1 1.1 host=h body=none keep size " + std::to_string(request.size() + 2));
  EXPECT_EQ(parse("\r\n\r\n" + request), "400");
  EXPECT_EQ(parse("\n" + request), "400");
}

TEST(RequestParser, RefusesAnotherProtocolByItsFirstByte) {
  for (const std::string& first : {"\x16"s, "\0"s, "\x80"s, " "s, "{"s, "<"s, "\n"s}) {
    SCOPED_TRACE(testing::PrintToString(first));
    EXPECT_EQ(parse(first), "400");
  }
}

TEST(RequestParser, TakesAnyMethodThatIsAToken) {
  expect_outcomes({{"GET /a HTTP/1.1", "GET /a 1.1 host=h body=none keep"},
                   {"get /a HTTP/1.1", "get /a 1.1 host=h body=none keep"},
                   {"M-SEARCH * HTTP/1.1", "M-SEARCH * 1.1 host=h body=none keep"},
                   {"CONNECT h:443 HTTP/1.1", "CONNECT h:443 1.1 host=h body=none keep"},
                   {std::string(32, 'A') + " /a HTTP/1.1",
                    std::string(32, 'A') + " /a 1.1 host=h body=none keep"},
                   {std::string(33, 'A') + " /a HTTP/1.1", "400"},
                   {std::string(1024, 'A') + " /a HTTP/1.1", "400"},
                   {"G\":<> /a HTTP/1.1", "400"},
                   {"G\xC3\xA9T /a HTTP/1.1", "400"},
                   {"G\0T /a HTTP/1.1"s, "400"}},
                  with_request_line);
}

TEST(RequestParser, WantsARequestLineOfThreePartsAndSingleSpaces) {
  expect_refused(
      {"GET", "GET /a", "GET /a ", " GET /a HTTP/1.1", "GET  /a HTTP/1.1", "GET /a  HTTP/1.1",
       "GET /a HTTP/1.1 ", "GET /a HTTP/1.1\t", "GET\t/a\tHTTP/1.1", "GET /a b HTTP/1.1",
       "GET HTTP/1.1", "GET/a HTTP/1.1", "GET /aHTTP/1.1", "GET\r/a HTTP/1.1", "GET\n/a HTTP/1.1",
       "GET /a\x0bHTTP/1.1", "GET /a HTTP/1.1 x", "HTTP/1.1 200 OK"},
      with_request_line);
}

TEST(RequestParser, WantsATargetOfVisibleAscii) {
  expect_refused({"GET /\x01 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\xC3\xA9 HTTP/1.1",
                  "GET /a\0b HTTP/1.1"s, "GET /a\tb HTTP/1.1", "GET /a\rb HTTP/1.1"},
                 with_request_line);
}

TEST(RequestParser, SpeaksHttp11AndHttp10Only) {
  expect_refused({"GET /a HTTP/1.2", "GET /a HTTP/1.9", "GET /a HTTP/2.0", "GET /a HTTP/0.9",
                  "PRI * HTTP/2.0", "GET /a HTTP/5.6"},
                 with_request_line, "505");
  expect_refused({"GET /a http/1.1", "GET /a HTTP/1.32", "GET /a HTTP/1.", "GET /a HTTP/1",
                  "GET /a HTTP/11", "GET /a HTTP/1,1", "GET /a HTTP/01.1", "GET /a HTTP/1.x",
                  "GET /a HTTPS/1.1", "GET /a SPDY/3.1", "GET /a HTTP/1.1\xC2\xA0"},
                 with_request_line);
}

TEST(RequestParser, WantsCrlfAtEachLineEnd) {
  expect_refused({"POST /v1 HTTP/1.1\nHost: h\r\n\r\n", "POST /v1 HTTP/1.1\r\nHost: h\n\r\n",
                  "POST /v1 HTTP/1.1\r\nHost: h\r\n\n", "POST /v1 HTTP/1.1\r\nHost: h\r\n\r\r\n",
                  "POST /v1 HTTP/1.1\rHost: h\r\n\r\n", "POST /v1 HTTP/1.1\r\r\nHost: h\r\n\r\n",
                  "POST /v1 HTTP/1.1\r\nHost: h\r\n\rX\r\n\r\n"},
                 [](std::string_view bytes) { return std::string(bytes); });
}

TEST(RequestParser, RefusesFieldLinesThatCouldBeReadInTwoWays) {
  expect_refused({" X-A: 1\r\n", "\tX-A: 1\r\n", "X-A: 1\r\n 2\r\n", "X-A: 1\r\n\t2\r\n",
                  "X-A : 1\r\n", "X-A\t: 1\r\n", "X-A\r\n", ": 1\r\n", ":\r\n", "X A: 1\r\n",
                  "X_A: 1\r\n", "Content_Length: 1\r\n", "X\xE9: 1\r\n", "X\0A: 1\r\n"s,
                  "(X): 1\r\n", "X/A: 1\r\n", "X@A: 1\r\n", " \r\n"},
                 with_fields);
}

TEST(RequestParser, RefusesControlBytesInAValueAndTakesAllOthers) {
  for (int byte = 0; byte < 256; ++byte) {
    SCOPED_TRACE(byte);
    if (byte == '\n') continue;
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
    const std::string outcome = parse(with_fields("X-A: a" + std::string(1, char(byte)) + "b\r\n"));
    EXPECT_EQ(outcome == "400", control);
    EXPECT_EQ(outcome.starts_with("POST /v1 1.1 host=h"), !control);
  }
}

TEST(RequestParser, ReadsAContentLengthOfDigitsOnly) {
  const std::string head = "POST /v1 1.1 host=h body=length ";
  expect_outcomes({{"Content-Length: 0\r\n", head + "0 keep"},
                   {"conTENT-length:66\r\n", head + "66 keep"},
                   {"Content-Length: \t66 \t\r\n", head + "66 keep"},
                   {"Content-Length: 010\r\n", head + "10 keep"},
                   {"Content-Length: 000000000000000000000000000007\r\n", head + "7 keep"},
                   {"Content-Length: 9999999999999999999\r\n", head + "9999999999999999999 keep"}},
                  with_fields);
  for (const std::string& value :
       {""s, "+5"s, "-5"s, "0x5"s, "5 5"s, "5_0"s, "5,5"s, "5, 5"s, "5;"s, "5.0"s, "1e3"s, "a"s,
        "\"5\""s, "5\0"s, "5\v"s, "\xD9\xA4"s, "10000000000000000000"s, "18446744073709551616"s,
        "340282366920938463463374607431768211456"s}) {
    SCOPED_TRACE(testing::PrintToString(value));
    EXPECT_EQ(parse(with_fields("Content-Length: " + value + "\r\n")), "400");
  }
}

TEST(RequestParser, RefusesARepeatedContentLengthEvenWhenEqual) {
  expect_refused(
      {"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\ncontent-length: 6\r\n",
       "Content-Length: 5\r\nX: y\r\nContent-Length: 05\r\n"},
      with_fields);
}

TEST(RequestParser, ReadsOneExactChunkedAndNothingElse) {
  const std::string head = "POST /v1 1.1 host=h body=chunked keep";
  expect_outcomes({{"Transfer-Encoding: chunked\r\n", head},
                   {"transfer-encoding:CHUNKED\r\n", head},
                   {"Transfer-Encoding:\t chunked \t\r\n", head},
                   {"Transfer-Encoding: gzip\r\n", "501"},
                   {"Transfer-Encoding: identity\r\n", "501"},
                   {"Transfer-Encoding: xchunked\r\n", "501"}},
                  with_fields);
  for (const std::string& value :
       {""s, ",chunked"s, "chunked,"s, "gzip, chunked"s, "chunked, identity"s, "chunked, chunked"s,
        "\"chunked\""s, "chunked;q=1"s, "chunked\x0b"s, "chunked\0"s, "\xA0"s + "chunked"s,
        "\xFF"s + "chunked\xFF"s, "chunked chunked"s, "chun ked"s}) {
    SCOPED_TRACE(testing::PrintToString(value));
    EXPECT_EQ(parse(with_fields("Transfer-Encoding: " + value + "\r\n")), "400");
  }
  expect_refused({"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                  "Transfer_Encoding: chunked\r\n", "Transfer-Encoding : chunked\r\n",
                  "Transfer-\r\nEncoding: chunked\r\n", "Transfer-Encoding:\r\n chunked\r\n"},
                 with_fields);
}

TEST(RequestParser, RefusesBothWaysOfFramingInAnyOrder) {
  expect_refused({"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                  "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                  "Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 0\r\n"},
                 with_fields);
}

TEST(RequestParser, RefusesTransferEncodingInHttp10) {
  EXPECT_EQ(parse("POST /v1 HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"), "400");
}

TEST(RequestParser, WantsOneValidHost) {
  for (const std::string& fields :
       {""s, "Host:\r\n"s, "Host: \t\r\n"s, "Host: a\r\nHost: a\r\n"s, "Host: a\r\nhost: b\r\n"s,
        "Host: a\r\nHost:\r\n"s, "Host: a/b\r\n"s, "Host: a:port\r\n"s, "Host: user@a\r\n"s,
        "X-Host: a\r\n"s}) {
    SCOPED_TRACE(testing::PrintToString(fields));
    EXPECT_EQ(parse("GET /a HTTP/1.1\r\n" + fields + "\r\n"), "400");
  }
  EXPECT_EQ(parse("GET /a HTTP/1.0\r\n\r\n"), "GET /a 1.0 host= body=none close size 19");
  EXPECT_EQ(parse("GET /a HTTP/1.0\r\nHost:\r\n\r\n"), "400");
}

TEST(RequestParser, KeepsTheConnectionAsItsOptionsSay) {
  const std::string head = "POST /v1 1.1 host=h body=none ";
  expect_outcomes({{"Connection: close\r\n", head + "close"},
                   {"Connection: Close\t\r\n", head + "close"},
                   {"Connection: keep-alive, close\r\n", head + "close"},
                   {"Connection: close\r\nConnection: keep-alive\r\n", head + "close"},
                   {"Connection: upgrade ,,TE, close\r\n", head + "close"},
                   {"Connection: keep-alive\r\n", head + "keep"},
                   {"Connection:\r\n", head + "keep"},
                   {"Connection: , ,,\r\n", head + "keep"},
                   {"Connection: Upgrade, HTTP2-Settings\r\n", head + "keep"}},
                  with_fields);
}

TEST(RequestParser, ClosesHttp10UnlessAskedToKeepAlive) {
  const auto parse_http10 = [](std::string_view connection) {
    return parse("GET /a HTTP/1.0\r\nConnection: " + std::string(connection) + "\r\n\r\n");
  };
  EXPECT_EQ(parse_http10("Keep-Alive"), "GET /a 1.0 host= body=none keep size 43");
  EXPECT_EQ(parse_http10("keep-alive, close"), "GET /a 1.0 host= body=none close size 50");
  EXPECT_EQ(parse_http10("x"), "GET /a 1.0 host= body=none close size 34");
}

TEST(RequestParser, RefusesConnectionOptionsThatWouldStripAProtectedField) {
  expect_refused(
      {"Connection: content-length\r\n", "Connection: close, Transfer-Encoding\r\n",
       "Connection: Host\r\n", "Connection: close, authorization\r\n", "Connection: x-api-key\r\n",
       "Connection: content-type\r\n", "Connection: api-key\r\n", "Connection: \"close\"\r\n",
       "Connection: close;x\r\n", "Connection: a b\r\n"},
      with_fields);
}

TEST(RequestParser, AnswersTo100ContinueAndNoOtherExpectation) {
  const std::string head = "POST /v1 1.1 host=h body=";
  expect_outcomes(
      {{"Expect: 100-continue\r\nContent-Length: 1\r\n", head + "length 1 keep continue"},
       {"Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n", head + "chunked keep continue"},
       {"Expect: 100-continue\r\nContent-Length: 0\r\n", head + "length 0 keep"},
       {"Expect: 100-continue\r\n", head + "none keep"},
       {"Expect: 200-ok\r\n", "417"},
       {"Expect: 100-continue, x\r\n", "417"},
       {"Expect:\r\n", "417"}},
      with_fields);
  EXPECT_EQ(parse("POST /a HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\n"),
            "POST /a 1.0 host= body=length 1 close size 50");
}

TEST(RequestParser, ReportsABadLineBeforeTheHeadIsComplete) {
  EXPECT_EQ(parse("GET /a HTTP/1.1\r\nHost: h\r\nX A: 1\r\n"), "400");
  EXPECT_EQ(parse("GET /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n"), "400");
  EXPECT_EQ(parse("GET /a HTTP/2.0\r\n"), "505");
}

TEST(RequestParser, WaitsForTheRestOfAHead) {
  const std::string request = with_fields("Content-Length: 5\r\n");
  for (std::size_t size = 0; size < request.size(); ++size) {
    EXPECT_EQ(parse(request.substr(0, size)), "incomplete") << size;
  }
}

constexpr HeadLimits kSmall = {
    .max_bytes = 400, .max_line_bytes = 100, .max_request_line_bytes = 50, .max_fields = 4};

/// The outcome of `before` and `after` with as many `a` between them as make `size` bytes.
std::string parse_filled(const std::string& before, const std::string& after, std::size_t size,
                         const std::string& behind) {
  const std::size_t fixed = before.size() + after.size();
  return parse(before + std::string(size - fixed, 'a') + after + behind, kSmall);
}

TEST(RequestParser, BoundsTheRequestLine) {
  const std::string rest = "\r\nHost: h\r\n\r\n";
  EXPECT_EQ(parse_filled("GET /", " HTTP/1.1", 50, rest),
            "GET /" + std::string(36, 'a') + " 1.1 host=h body=none keep size 63");
  EXPECT_EQ(parse_filled("GET /", " HTTP/1.1", 51, rest), "414");
  EXPECT_EQ(parse("GET /" + std::string(100, 'a'), kSmall), "414") << "no line end in sight";
  EXPECT_EQ(parse("GET /" + std::string(47, 'a'), kSmall), "incomplete");
}

TEST(RequestParser, BoundsAFieldLine) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(parse(head + "X: " + std::string(97, 'a') + "\r\n\r\n", kSmall),
            "GET / 1.1 host=h body=none keep size 129");
  EXPECT_EQ(parse(head + "X: " + std::string(98, 'a') + "\r\n\r\n", kSmall), "431");
  EXPECT_EQ(parse(head + std::string(103, 'a'), kSmall), "431") << "no line end in sight";
}

TEST(RequestParser, BoundsTheNumberOfFields) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(parse(head + "a:\r\na:\r\na:\r\n\r\n", kSmall),
            "GET / 1.1 host=h body=none keep size 39");
  EXPECT_EQ(parse(head + "a:\r\na:\r\na:\r\na:\r\n", kSmall), "431");
}

TEST(RequestParser, BoundsTheHead) {
  HeadLimits limits = kSmall;
  limits.max_fields = 100;
  const std::string field = "X-A: " + std::string(43, 'a') + "\r\n";
  std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 7; ++i) head += field;
  EXPECT_EQ(head.size(), 375U);
  EXPECT_EQ(parse(head + "X: " + std::string(19, 'a') + "\r\n\r\n", limits), "431");
  EXPECT_EQ(parse(head + "X: " + std::string(18, 'a') + "\r\n\r\n" + std::string(90, 'b'), limits),
            "GET / 1.1 host=h body=none keep size 400");
  EXPECT_EQ(parse(head + std::string(25, 'a'), limits), "incomplete");
  EXPECT_EQ(parse(head + std::string(26, 'a'), limits), "431");
}

TEST(RequestParser, HoldsTheUsualLimits) {
  EXPECT_EQ(parse("GET /" + std::string(8 * 1024, 'a')), "414");
  EXPECT_EQ(parse(with_fields("X: " + std::string(16 * 1024, 'a') + "\r\n")), "431");
  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "a: b\r\n";
  EXPECT_EQ(parse(with_fields(fields)), "431");
  const std::string line = "X: " + std::string(16 * 1024 - 3, 'a') + "\r\n";
  EXPECT_EQ(parse(with_fields(line + line + line + line)), "431");
}

}  // namespace
}  // namespace penstock::http
