#include "http/message_writer.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "http/body_decoder.h"
#include "http/parse_head.h"
#include "http/request_parser.h"
#include "http/response_parser.h"

namespace penstock::http {
namespace {

Headers make_headers(std::initializer_list<Headers::Field> fields) {
  Headers headers;
  for (const auto& field : fields) EXPECT_TRUE(headers.add(field.name, field.value));
  return headers;
}

TEST(MessageWriter, WritesARequestHead) {
  std::string out;
  write_request_head(out, "POST", "/v1/chat/completions", "api.test:8443",
                     make_headers({{"Content-Type", "application/json"}, {"x-empty", ""}}),
                     {Framing::Kind::kLength, 1234});
  EXPECT_EQ(out,
            "POST /v1/chat/completions HTTP/1.1\r\nhost: api.test:8443\r\n"
            "content-type: application/json\r\nx-empty: \r\ncontent-length: 1234\r\n\r\n");
}

TEST(MessageWriter, LeavesOutWhatIsTheConnectionsOwnBusiness) {
  const auto headers = make_headers({{"Host", "evil.test"},
                                     {"Content-Length", "9"},
                                     {"Transfer-Encoding", "gzip"},
                                     {"Connection", "close"},
                                     {"Keep-Alive", "timeout=5"},
                                     {"Proxy-Connection", "close"},
                                     {"TE", "trailers"},
                                     {"Trailer", "x"},
                                     {"Upgrade", "h2c"},
                                     {"x-kept", "1"}});
  std::string request;
  write_request_head(request, "GET", "/", "h", headers, {});
  EXPECT_EQ(request, "GET / HTTP/1.1\r\nhost: h\r\nx-kept: 1\r\n\r\n");
  std::string answer;
  write_response_head(answer, 200, headers, {Framing::Kind::kLength, 0}, Connection::kKeepAlive);
  EXPECT_EQ(answer, "HTTP/1.1 200 OK\r\nhost: evil.test\r\nx-kept: 1\r\ncontent-length: 0\r\n\r\n");
}

TEST(MessageWriter, WritesTheFramingOfAnAnswer) {
  const auto write = [](int status, const Framing& framing, Connection connection) {
    std::string out;
    write_response_head(out, status, {}, framing, connection);
    return out;
  };
  const Framing length = {Framing::Kind::kLength, std::numeric_limits<std::uint64_t>::max()};
  const Framing chunked = {Framing::Kind::kChunked, 0};
  const Framing until_close = {Framing::Kind::kUntilClose, 0};
  EXPECT_EQ(write(200, length, Connection::kKeepAlive),
            "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\n");
  EXPECT_EQ(write(429, chunked, Connection::kClose),
            "HTTP/1.1 429 Too Many Requests\r\ntransfer-encoding: chunked\r\n"
            "connection: close\r\n\r\n");
  EXPECT_EQ(write(200, until_close, Connection::kKeepAlive),
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
  EXPECT_EQ(write(204, length, Connection::kKeepAlive), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(write(304, chunked, Connection::kKeepAlive), "HTTP/1.1 304 Not Modified\r\n\r\n");
  EXPECT_EQ(write(100, length, Connection::kKeepAlive), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(write(299, {}, Connection::kKeepAlive), "HTTP/1.1 299 Unknown\r\n\r\n");
}

TEST(MessageWriter, AppendsToWhatIsThere) {
  std::string out = "before";
  write_chunk_size(out, 0x1aF);
  EXPECT_EQ(out, "before1af\r\n");
}

TEST(MessageWriter, WritesRequestsThatTheParserReads) {
  const auto headers = make_headers({{"x-a", "1"}, {"x-a", "2"}});
  std::string out;
  write_request_head(out, "PUT", "/a?b=c", "[::1]:80", headers, {Framing::Kind::kChunked, 0});
  RequestParser parser({});
  const auto size = parser.parse(out);
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, out.size());
  EXPECT_EQ(parser.head().method, "PUT");
  EXPECT_EQ(parser.head().target, "/a?b=c");
  EXPECT_EQ(test::to_text(parser.head().framing), "chunked");
  EXPECT_EQ(test::to_text(parser.head().headers),
            "host=[::1]:80|x-a=1|x-a=2|transfer-encoding=chunked|");
}

TEST(MessageWriter, WritesAnswersThatTheParserReads) {
  for (const Framing& framing :
       {Framing{Framing::Kind::kLength, 7}, Framing{Framing::Kind::kChunked, 0},
        Framing{Framing::Kind::kUntilClose, 0}}) {
    std::string out;
    write_response_head(out, 503, {}, framing, Connection::kKeepAlive);
    ResponseParser parser({}, false);
    const auto size = parser.parse(out);
    ASSERT_TRUE(size);
    EXPECT_EQ(*size, out.size());
    EXPECT_EQ(parser.head().status, 503);
    EXPECT_EQ(test::to_text(parser.head().framing), test::to_text(framing));
    EXPECT_EQ(parser.head().keep_alive, framing.kind != Framing::Kind::kUntilClose);
  }
}

TEST(MessageWriter, WritesChunksThatTheDecoderReads) {
  std::string out;
  for (const std::size_t size : {1U, 15U, 16U, 4096U}) {
    write_chunk_size(out, size);
    out.append(size, 'x').append("\r\n");
  }
  out.append("0\r\n\r\n");
  BodyDecoder decoder({Framing::Kind::kChunked, 0}, ErrorKind::kUpstreamInvalid);
  std::string_view input = out;
  std::size_t data_bytes = 0;
  while (!decoder.done()) {
    const auto step = decoder.step(input);
    ASSERT_TRUE(step);
    ASSERT_GT(step->consumed, 0U);
    input.remove_prefix(step->consumed);
    data_bytes += step->data.size();
  }
  EXPECT_TRUE(input.empty());
  EXPECT_EQ(data_bytes, 1U + 15U + 16U + 4096U);
}

}  // namespace
}  // namespace penstock::http
