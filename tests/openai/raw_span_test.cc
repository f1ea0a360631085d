#include "openai/raw_span.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "http/sse_reader.h"

namespace penstock::openai {
namespace {

// The data of one block after leaving out a piece of its raw bytes.
std::string data_without(const std::string& raw, json::Span piece) {
  http::SseReader first;
  EXPECT_TRUE(first.feed(raw));
  const auto event = first.next();
  EXPECT_TRUE(event);
  const json::Span span = raw_span(*event, piece);
  const std::string rest = raw.substr(0, span.at) + raw.substr(span.at + span.size);
  http::SseReader second;
  EXPECT_TRUE(second.feed(rest));
  const auto edited = second.next();
  return edited ? std::string(edited->data) : "nothing";
}

TEST(RawSpan, LeavesExactlyThatPieceOutOfTheData) {
  const std::string data = "abc\nde\n\nf";
  const std::string blocks[] = {
      "data: abc\ndata: de\ndata: \ndata: f\n\n",
      "data:abc\r\ndata:de\r\ndata\r\ndata:f\r\n\r\n",
      "\xEF\xBB\xBF"
      "data: abc\rdata: de\rdata\rdata: f\r\r",
      "data: abc\n: c\ndata: de\nid: 1\ndata:\ndatum: x\ndata: f\nevent: e\n\n",
  };
  for (const std::string& block : blocks) {
    for (std::size_t at = 0; at < data.size(); ++at) {
      if (data[at] == '\n') continue;
      for (std::size_t size = 1; at + size < data.size(); ++size) {
        const std::string expected = data.substr(0, at) + data.substr(at + size);
        EXPECT_EQ(data_without(block, {at, size}), expected) << block << at << "+" << size;
      }
    }
  }
}

TEST(RawSpan, TakesAByteOrderMarkInsideOfTheStreamForPartOfAName) {
  const std::string raw =
      "\xEF\xBB\xBF"
      "data: zz\ndata: abc\ndata: de\n\n";
  http::SseReader reader;
  const std::string stream = "data\n\n" + raw;
  ASSERT_TRUE(reader.feed(stream));
  ASSERT_TRUE(reader.next());
  const auto event = reader.next();
  ASSERT_TRUE(event);
  ASSERT_EQ(event->data, "abc\nde");
  const json::Span span = raw_span(*event, {4, 1});
  EXPECT_EQ(raw.substr(span.at, span.size), "d");
  EXPECT_EQ(span.at, raw.find("de\n"));
}

TEST(RawSpan, IsEmptyWhereTheDataIsNotInTheBlock) {
  http::SseEvent event;
  event.raw = "data: abc\n\n";
  event.data = "something else";
  EXPECT_EQ(raw_span(event, {5, 3}).size, 0U);
  event.raw = "";
  EXPECT_EQ(raw_span(event, {0, 1}).size, 0U);
}

}  // namespace
}  // namespace penstock::openai
