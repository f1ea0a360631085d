#include "http/body_decoder.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "http/cuts.h"

namespace penstock::http {
namespace {

using namespace std::string_literals;

constexpr Framing kChunked = {Framing::Kind::kChunked, 0};

/// What became of a body that came in the given pieces: its data, then "|done", "|more" or
/// "|error", then what was left of the input.
std::string decode(const Framing& framing, const std::vector<std::string_view>& pieces) {
  BodyDecoder decoder(framing, ErrorKind::kMalformedHttp);
  std::string data;
  std::string left;
  for (const auto piece : pieces) {
    const std::string copy(
        piece);  // its own block, so that a sanitizer sees every step over its end
    std::string_view input = copy;
    while (true) {
      const auto step = decoder.step(input);
      if (!step) return data + "|error";
      data.append(step->data);
      if (step->consumed == 0) break;
      input.remove_prefix(step->consumed);
    }
    left.append(input);
  }
  return data + (decoder.done() ? "|done|" : "|more|") + left;
}

std::string decode(const Framing& framing, std::string_view bytes) {
  std::string whole;
  for (const auto& pieces : test::cuts(bytes)) {
    const std::string outcome = decode(framing, pieces);
    if (whole.empty()) whole = outcome;
    EXPECT_TRUE(outcome == whole) << "in " << pieces.size() << " pieces";
  }
  return whole;
}

std::string decode_chunked(std::string_view bytes) {
  return decode(kChunked, bytes);
}

TEST(BodyDecoder, IsDoneAtOnceWithoutABody) {
  EXPECT_EQ(decode({Framing::Kind::kNone, 0}, "next"), "|done|next");
  EXPECT_EQ(decode({Framing::Kind::kLength, 0}, "next"), "|done|next");
}

TEST(BodyDecoder, CountsABodyOfKnownLength) {
  EXPECT_EQ(decode({Framing::Kind::kLength, 5}, "hellonext"), "hello|done|next");
  EXPECT_EQ(decode({Framing::Kind::kLength, 5}, "hell"), "hell|more|");
}

TEST(BodyDecoder, TakesEverythingUntilClose) {
  EXPECT_EQ(decode({Framing::Kind::kUntilClose, 0}, "hello"), "hello|more|");
  const ErrorKind kind = ErrorKind::kUpstreamInvalid;
  EXPECT_TRUE(BodyDecoder({Framing::Kind::kUntilClose, 0}, kind).ends_with_connection());
  EXPECT_FALSE(BodyDecoder({Framing::Kind::kLength, 5}, kind).ends_with_connection());
  EXPECT_FALSE(BodyDecoder(kChunked, kind).ends_with_connection());
}

TEST(BodyDecoder, GivesViewsIntoTheInput) {
  const std::string_view input = "5\r\nhello\r\n0\r\n\r\n";
  BodyDecoder decoder(kChunked, ErrorKind::kMalformedHttp);
  const auto step = decoder.step(input);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->data, "hello");
  EXPECT_EQ(step->data.data(), input.data() + 3);
  EXPECT_EQ(step->consumed, 8U);
}

struct Case {
  std::string bytes;
  std::string outcome;
};

TEST(BodyDecoder, JoinsChunks) {
  for (const Case& c : std::vector<Case>{
           {"5\r\nhello\r\n0\r\n\r\nnext", "hello|done|next"},
           {"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", "hello|done|"},
           {"A\r\n0123456789\r\n0\r\n\r\n", "0123456789|done|"},
           {"a\r\n0123456789\r\n0\r\n\r\n", "0123456789|done|"},
           {"0005\r\nhello\r\n000\r\n\r\n", "hello|done|"},
           {"5\r\n\r\n0\r\n\r\n0\r\n\r\n", "\r\n0\r\n|done|"},
           {"0\r\n\r\n", "|done|"},
           {"5\r\nhel", "hel|more|"},
           {"5\r\nhello\r\n", "hello|more|"},
           {"5\r\nhello\r\n0\r\n", "hello|more|"},
           {"5\r\nhello\r\n0\r\n\r", "hello|more|"},
           {"ffffffffffffffff\r\nhello", "hello|more|"},
       }) {
    SCOPED_TRACE(testing::PrintToString(c.bytes));
    EXPECT_EQ(decode_chunked(c.bytes), c.outcome);
  }
}

TEST(BodyDecoder, RefusesABadChunkSize) {
  for (const std::string& size : {""s,
                                  "0x5"s,
                                  "0X5"s,
                                  "x5"s,
                                  "+5"s,
                                  "-5"s,
                                  "5_0"s,
                                  " 5"s,
                                  "5 "s,
                                  "5\t"s,
                                  "5 5"s,
                                  "5h"s,
                                  "5,"s,
                                  "\"5\""s,
                                  "5\0"s,
                                  "\0"s + "5"s,
                                  "5\x0b"s,
                                  "5\r"s,
                                  "\n5"s,
                                  "5\n"s,
                                  "\xEF\xBC\x95"s,
                                  "00000000000000005"s,
                                  "10000000000000005"s,
                                  "fffffffffffffffff"s,
                                  ";a"s}) {
    SCOPED_TRACE(testing::PrintToString(size));
    EXPECT_EQ(decode_chunked(size + "\r\nhello\r\n0\r\n\r\n"), "|error");
  }
}

TEST(BodyDecoder, WantsCrlfBehindSizesAndData) {
  for (const Case& c : std::vector<Case>{
           {"5\nhello\r\n0\r\n\r\n", "|error"},
           {"5\rhello\r\n0\r\n\r\n", "|error"},
           {"5\rXhello\r\n0\r\n\r\n", "|error"},
           {"5\r\nhello\n0\r\n\r\n", "hello|error"},
           {"5\r\nhello\r0\r\n\r\n", "hello|error"},
           {"5\r\nhello0\r\n\r\n", "hello|error"},
           {"5\r\nhelloX\r\n0\r\n\r\n", "hello|error"},
           {"5\r\nhello\r\n\r\n0\r\n\r\n", "hello|error"},
           {"5\r\nhello\r\n0\n\r\n", "hello|error"},
           {"5\r\nhello\r\n0\r\n\n", "hello|error"},
           {"5\r\nhello\r\n0\r\n\rX", "hello|error"},
           {"4\r\nhello\r\n0\r\n\r\n", "hell|error"},
           {"6\r\nhello\r\n0\r\n\r\n", "hello\r|error"},
       }) {
    SCOPED_TRACE(testing::PrintToString(c.bytes));
    EXPECT_EQ(decode_chunked(c.bytes), c.outcome);
  }
}

TEST(BodyDecoder, SkipsWellFormedExtensions) {
  for (const std::string& extension :
       {";a"s, ";a=b"s, ";a=1;b=2;c"s, ";a=\"b c;d=\xC3\xA9\""s, ";a=\"\""s,
        ";a=\"q\\\"uo\\\\te\""s, ";a=\"b\";c"s, ";" + std::string(255, 'x')}) {
    SCOPED_TRACE(extension);
    EXPECT_EQ(decode_chunked("5" + extension + "\r\nhello\r\n0" + extension + "\r\n\r\nnext"),
              "hello|done|next");
  }
}

TEST(BodyDecoder, RefusesMalformedExtensions) {
  for (const std::string& extension : {";"s,
                                       ";;a"s,
                                       ";a;"s,
                                       ";a="s,
                                       ";=b"s,
                                       ";a=b=c"s,
                                       "; a"s,
                                       ";a =b"s,
                                       ";a= b"s,
                                       ";a=b "s,
                                       " ;a"s,
                                       ";a=\"b"s,
                                       ";a=\"b\"c"s,
                                       ";a=\"b\rc\""s,
                                       ";a=\"b\nc\""s,
                                       ";a=\"b\\"s,
                                       ";a\rb"s,
                                       ";\ra"s,
                                       ";a\nb"s,
                                       ";a=\x01"s,
                                       ";a=\0"s,
                                       ";a=\"\0\""s,
                                       ";a=\"\\\x7f\""s,
                                       ";a/b"s,
                                       ";\xC3\xA9"s,
                                       ";" + std::string(256, 'x')}) {
    SCOPED_TRACE(testing::PrintToString(extension));
    EXPECT_EQ(decode_chunked("5" + extension + "\r\nhello\r\n0\r\n\r\n"), "|error");
  }
}

TEST(BodyDecoder, BoundsAllExtensionsTogether) {
  const std::string data(100, 'd');
  const std::string chunk = "64;" + std::string(255, 'x') + "\r\n" + data + "\r\n";
  std::string chunks;
  std::string body;
  for (int i = 0; i < 64; ++i) {
    chunks += chunk;
    body += data;
  }
  EXPECT_EQ(decode_chunked(chunks + "0\r\n\r\n"), body + "|done|");
  EXPECT_EQ(decode_chunked(chunks + "0;x\r\n\r\n"), body + "|error");
}

TEST(BodyDecoder, DropsWellFormedTrailers) {
  EXPECT_EQ(decode_chunked("5\r\nhello\r\n0\r\nX-A: 1\r\nX-B:\r\nX-C: \t\xC3\xA9:\r\n\r\nnext"),
            "hello|done|next");
}

TEST(BodyDecoder, RefusesMalformedTrailers) {
  for (const std::string& trailer :
       {"X A: 1\r\n"s, "X(A: 1\r\n"s, ": 1\r\n"s, "X-A\r\n"s, "X-A : 1\r\n"s, " X-A: 1\r\n"s,
        "X-A: 1\r\n 2\r\n"s, "X-A: 1\r\n\t2\r\n"s, "X-A: 1\n"s, "X-A: 1\rX-B: 2\r\n"s,
        "X-A: 1\r\r\n"s, "X-A: \0\r\n"s, "X-A: \x7f\r\n"s, "X\0: 1\r\n"s,
        "GET / HTTP/1.1\r\nHost: h\r\n"s}) {
    SCOPED_TRACE(testing::PrintToString(trailer));
    EXPECT_EQ(decode_chunked("5\r\nhello\r\n0\r\n" + trailer + "\r\n"), "hello|error");
  }
}

TEST(BodyDecoder, BoundsTrailers) {
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "a:b\r\n";
  EXPECT_EQ(decode_chunked("0\r\n" + hundred + "\r\n"), "|done|");
  EXPECT_EQ(decode_chunked("0\r\n" + hundred + "a:b\r\n\r\n"), "|error");
  // The name, the colon and the line ends count too, but for the very last byte.
  const std::string large(64 * 1024 - 5, 'a');
  EXPECT_EQ(decode_chunked("0\r\na:" + large + "\r\n\r\n"), "|done|");
  EXPECT_EQ(decode_chunked("0\r\na:" + large + "a\r\n\r\n"), "|error");
}

std::string many_chunks(std::size_t count, std::size_t size) {
  const std::string chunk = (size < 16 ? "1\r\n" : "10\r\n") + std::string(size, 'x') + "\r\n";
  std::string all;
  all.reserve(count * chunk.size());
  for (std::size_t i = 0; i < count; ++i) all += chunk;
  return all;
}

TEST(BodyDecoder, RefusesBodiesOfCrumbs) {
  // 5 bytes of framing a chunk: one megabyte of it is full with the 209,716th.
  EXPECT_TRUE(decode_chunked(many_chunks(209'000, 1)).ends_with("|more|"));
  EXPECT_TRUE(decode_chunked(many_chunks(210'000, 1)).ends_with("|error"));
  EXPECT_TRUE(decode_chunked(many_chunks(300'000, 16)).ends_with("|more|"));
}

TEST(BodyDecoder, BlamesTheSideThatSentTheBody) {
  BodyDecoder client(kChunked, ErrorKind::kMalformedHttp);
  const auto bad_request = client.step("x");
  ASSERT_FALSE(bad_request);
  EXPECT_EQ(bad_request.error().kind, ErrorKind::kMalformedHttp);
  EXPECT_EQ(bad_request.error().source, ErrorSource::kClient);

  BodyDecoder upstream(kChunked, ErrorKind::kUpstreamInvalid);
  const auto bad_answer = upstream.step("x");
  ASSERT_FALSE(bad_answer);
  EXPECT_EQ(bad_answer.error().kind, ErrorKind::kUpstreamInvalid);
  EXPECT_EQ(bad_answer.error().source, ErrorSource::kUpstream);
}

}  // namespace
}  // namespace penstock::http
