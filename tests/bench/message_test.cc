#include "bench/message.h"

#include <string>

#include <gtest/gtest.h>

namespace penstock::bench {
namespace {

constexpr std::string_view kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Taken {
  std::string content;
  bool done = false;
  bool failed = false;
};

/// The body of an answer that comes in pieces of `step` bytes.
Taken take(std::string_view answer, std::size_t step) {
  Head head;
  EXPECT_EQ(read_answer_head(answer, head), HeadState::kWhole);
  BodyReader body;
  body.start(head);
  Taken taken;
  for (std::size_t at = head.size; at < answer.size(); at += step) {
    std::string_view in = answer.substr(at, step);
    while (true) {
      const std::string_view piece = body.take(in);
      if (piece.empty()) break;
      taken.content += piece;
    }
  }
  taken.done = body.done();
  taken.failed = body.failed();
  return taken;
}

TEST(BenchMessage, HasAHeadWithTheFieldsThatCount) {
  Head head;
  const std::string_view answer =
      "HTTP/1.1 401 No\r\nServer: x\r\ncontent-LENGTH: 5\r\nConnection: Close\r\n\r\nhello";
  ASSERT_EQ(read_answer_head(answer, head), HeadState::kWhole);
  EXPECT_EQ(head.status, 401);
  EXPECT_EQ(head.length, 5u);
  EXPECT_TRUE(head.close);
  EXPECT_FALSE(head.chunked);
  EXPECT_EQ(answer.substr(head.size), "hello");
}

TEST(BenchMessage, IsPartialUntilTheEmptyLine) {
  Head head;
  for (std::size_t size = 0; size < kChunked.size(); ++size) {
    EXPECT_EQ(read_answer_head(kChunked.substr(0, size), head), HeadState::kPartial);
  }
  EXPECT_EQ(read_answer_head(kChunked, head), HeadState::kWhole);
  EXPECT_TRUE(head.chunked);
}

TEST(BenchMessage, IsBadWhereItIsNoAnswerOfThisVersion) {
  Head head;
  for (const char* answer :
       {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"}) {
    EXPECT_EQ(read_answer_head(answer, head), HeadState::kBad) << answer;
  }
}

TEST(BenchMessage, HasABodyHoweverItIsCut) {
  const std::string chunked = std::string(kChunked) + "5\r\nhello\r\nB\r\n, the world\r\n0\r\n\r\n";
  const std::string plain = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nhello, the world";
  for (const std::string& answer : {chunked, plain}) {
    for (std::size_t step = 1; step <= answer.size(); ++step) {
      const Taken taken = take(answer, step);
      EXPECT_EQ(taken.content, "hello, the world");
      EXPECT_TRUE(taken.done);
    }
  }
}

TEST(BenchMessage, IsNotDoneBeforeItsLastByte) {
  const std::string answer = std::string(kChunked) + "5\r\nhello\r\n0\r\n\r\n";
  for (std::size_t missing = 1; missing <= 15; ++missing) {
    const Taken taken = take(std::string_view(answer).substr(0, answer.size() - missing), 3);
    EXPECT_FALSE(taken.done) << missing;
    EXPECT_FALSE(taken.failed) << missing;
  }
}

TEST(BenchMessage, FailsWithBrokenChunks) {
  for (const char* body :
       {"\r\n", "x\r\n", "5 \r\nhello", "5\nhello", "5\r\nhelloX\r\n", "5\r\nhello\r\r",
        "123456789\r\n", "0\r\nTrailer: x\r\n\r\n", "-1\r\n"}) {
    EXPECT_TRUE(take(std::string(kChunked) + body, 100).failed) << body;
  }
}

TEST(BenchMessage, FailsWithoutALength) {
  EXPECT_TRUE(take("HTTP/1.1 200 OK\r\n\r\nhello", 100).failed);
}

}  // namespace
}  // namespace penstock::bench
