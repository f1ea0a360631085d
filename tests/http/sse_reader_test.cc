#include "http/sse_reader.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "http/cuts.h"

namespace penstock::http {
namespace {

using namespace std::string_literals;

struct Read {
  std::string events;  // "type/data/id;" each; "-;" for a block without data
  std::string raw;     // bytes of all blocks
  bool failed = false;
  bool partial = false;
  std::optional<unsigned long long> retry;
};

void note(const SseEvent& event, Read& read) {
  read.raw.append(event.raw);
  if (!event.has_data) {
    read.events += "-;";
    return;
  }
  read.events.append(event.event).append("/").append(event.data).append("/");
  read.events.append(event.id).append(";");
}

Read read_pieces(const std::vector<std::string_view>& pieces, SseReader reader = SseReader()) {
  Read read;
  for (const auto piece : pieces) {
    const std::string copy(piece);  // its own block: nothing may be looked at after it is gone
    read.failed = !reader.feed(copy);
    // All events of a piece are held before any is looked at: their views must not disturb others.
    std::vector<SseEvent> events;
    while (const auto event = reader.next()) events.push_back(*event);
    for (const auto& event : events) note(event, read);
    if (read.failed) break;
  }
  read.partial = reader.holds_partial_event();
  read.retry = reader.retry_ms();
  return read;
}

/// The events of a stream, the same for every way of cutting.
Read read_stream(std::string_view bytes, std::size_t max_event_bytes = 1024 * 1024) {
  Read whole;
  bool first = true;
  for (const auto& pieces : test::cuts(bytes)) {
    Read read = read_pieces(pieces, SseReader(max_event_bytes));
    if (first) whole = read;
    first = false;
    EXPECT_EQ(read.events, whole.events) << "in " << pieces.size() << " pieces";
    EXPECT_EQ(read.failed, whole.failed);
    // How much is kept of a block that is too long is nobody's business.
    EXPECT_EQ(read.partial || read.failed, whole.partial || whole.failed);
    EXPECT_EQ(read.retry, whole.retry);
  }
  return whole;
}

struct Case {
  std::string bytes;
  std::string events;
};

void expect_events(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.bytes));
    EXPECT_EQ(read_stream(c.bytes).events, c.events);
  }
}

TEST(SseReader, TakesAllLineEndsInAnyMix) {
  expect_events(
      {{"data: a\n\n", "/a/;"},
       {"data: a\r\n\r\n", "/a/;"},
       {"data: a\r\r", "/a/;"},
       {"data: a\r\r\n", "/a/;"},
       {"data: a\r\n\r", "/a/;"},
       {"data: a\r\ndata: b\n\r\n", "/a\nb/;"},
       {"data: a\rdata: b\n\n", "/a\nb/;"},
       {"data: a\n\rdata: b\n\n", "/a/;/b/;"},
       {"data: a\r\n\r\ndata: b\r\n\r\n", "/a/;/b/;"},
       {"data: a\x0b\x0c\xE2\x80\xA8\xC2\x85z\n\n", "/a\x0b\x0c\xE2\x80\xA8\xC2\x85z/;"}});
}

TEST(SseReader, JoinsDataLines) {
  expect_events({{"data: a\ndata: b\n\n", "/a\nb/;"},
                 {"data\n\n", "//;"},
                 {"data:\n\n", "//;"},
                 {"data\ndata\n\n", "/\n/;"},
                 {"data: a\ndata:\ndata: b\n\ndata: c\n\n", "/a\n\nb/;/c/;"},
                 {"data: a\nid: 1\ndata: b\nevent: x\ndata: c\n\n", "x/a\nb\nc/1;"}});
}

TEST(SseReader, CutsOneSpaceBehindTheColon) {
  expect_events({{"data:a\n\n", "/a/;"},
                 {"data:  a \n\n", "/ a /;"},
                 {"data:\ta\n\n", "/\ta/;"},
                 {"data: a: b\n\n", "/a: b/;"}});
}

TEST(SseReader, KnowsFieldsByTheirExactName) {
  expect_events({{"Data: a\nDATA: a\ndata : a\n data: a\nda-ta: a\ndata: b\n\n", "/b/;"},
                 {"data\0: a\ndata: b\n\n"s, "/b/;"},
                 {"foo\nbar: x\ndata: a\n\n", "/a/;"}});
}

TEST(SseReader, GivesBlocksWithoutDataForTheirBytes) {
  expect_events({{": hi\n\n", "-;"},
                 {":\n\ndata: a\n\n", "-;/a/;"},
                 {": hi\ndata: a\n: there\n\n", "/a/;"},
                 {"\n\ndata: a\n\n\n", "-;-;/a/;-;"},
                 {"event: ping\n\ndata: a\n\n", "-;/a/;"}});
}

TEST(SseReader, ForgetsTheTypeAndKeepsTheId) {
  expect_events({{"event: x\ndata: a\n\ndata: b\n\n", "x/a/;/b/;"},
                 {"event: x\nevent: y\ndata: a\n\n", "y/a/;"},
                 {"event: x\nevent\ndata: a\n\n", "/a/;"},
                 {"id: 1\ndata: a\n\ndata: b\n\n", "/a/1;/b/1;"},
                 {"id: 1\ndata: a\n\nid: 2\ndata: b\n\nid\ndata: c\n\n", "/a/1;/b/2;/c/;"},
                 {"id: 7\n\ndata: a\n\n", "-;/a/7;"},
                 {"id: 1\nid: x\0y\ndata: a\n\n"s, "/a/1;"}});
}

TEST(SseReader, DropsOneByteOrderMarkAtTheStart) {
  expect_events({{"\xEF\xBB\xBF"
                  "data: a\n\n",
                  "/a/;"},
                 {"\xEF\xBB\xBF\xEF\xBB\xBF"
                  "data: a\n\ndata: b\n\n",
                  "-;/b/;"},
                 {"data: a\n\n\xEF\xBB\xBF"
                  "data: b\n\n",
                  "/a/;-;"},
                 {"\xEF\xBB\xBF\n\ndata: a\n\n", "-;/a/;"}});
}

TEST(SseReader, ReadsARetryOfDigitsOnly) {
  EXPECT_EQ(read_stream("retry: 1500\n\n").retry, 1500U);
  EXPECT_EQ(read_stream("retry: 3000\nretry: 10x\n\n").retry, 3000U);
  for (const auto* bad : {"retry\n\n", "retry:\n\n", "retry: -1\n\n", "retry: 1.5\n\n",
                          "retry:  5\n\n", "retry: 99999999999999999999999\n\n"}) {
    EXPECT_EQ(read_stream(bad).retry, std::nullopt) << bad;
  }
}

TEST(SseReader, GivesEveryByteOnceInOrder) {
  const std::string stream =
      "\xEF\xBB\xBF: hi\r\n\r\ndata: a\r\n\r\n\r\ndata: b\r\rdata: c\n\ndata: "
      "\xE4\xB8\xAD\r\n\r\ndata: d\n\n";
  for (const auto& pieces : test::cuts(stream)) EXPECT_EQ(read_pieces(pieces).raw, stream);
}

TEST(SseReader, LeavesTheLineFeedOfABlankLineToTheNextBlock) {
  SseReader reader;
  ASSERT_TRUE(reader.feed("data: a\r\n\r"));
  EXPECT_EQ(reader.next()->raw, "data: a\r\n\r");
  EXPECT_FALSE(reader.holds_partial_event());
  ASSERT_TRUE(reader.feed("\n"));
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.holds_partial_event());
  EXPECT_FALSE(reader.rest());
  ASSERT_TRUE(reader.feed("data: b\n\n"));
  const auto event = reader.next();
  EXPECT_EQ(event->raw, "\ndata: b\n\n");
  EXPECT_EQ(event->data, "b");
}

TEST(SseReader, PointsIntoTheInputWhereABlockIsWhole) {
  const std::string_view input = "data: a\n\nevent: x\ndata: b\n\n";
  SseReader reader;
  ASSERT_TRUE(reader.feed(input));
  EXPECT_EQ(reader.next()->data.data(), input.data() + 6);
  const auto second = reader.next();
  EXPECT_EQ(second->raw.data(), input.data() + 9);
  EXPECT_EQ(second->event.data(), input.data() + 16);
  EXPECT_EQ(second->data.data(), input.data() + 24);
}

TEST(SseReader, ReadsAnUnfinishedRestLeniently) {
  for (const Case& c : std::vector<Case>{{"data: a", "a"},
                                         {"data: a\n", "a"},
                                         {"data: a\r\n", "a"},
                                         {"data: a\ndata: b", "a\nb"},
                                         {"data: x\n\ndata: [DONE]\n", "[DONE]"}}) {
    SCOPED_TRACE(testing::PrintToString(c.bytes));
    for (const auto& pieces : test::cuts(c.bytes)) {
      SseReader reader;
      for (const auto piece : pieces) {
        ASSERT_TRUE(reader.feed(piece));
        while (reader.next()) continue;
      }
      EXPECT_TRUE(reader.holds_partial_event());
      const auto rest = reader.rest();
      ASSERT_TRUE(rest);
      EXPECT_EQ(rest->data, c.events);
      EXPECT_TRUE(c.bytes.ends_with(rest->raw));
      EXPECT_FALSE(reader.rest());
      EXPECT_FALSE(reader.holds_partial_event());
    }
  }
}

TEST(SseReader, HasNoRestBehindAWholeBlock) {
  for (const auto* stream : {"", "data: a\n\n", "data: a\r\n\r\n", "data: a\r\r", "\n"}) {
    SseReader reader;
    ASSERT_TRUE(reader.feed(stream));
    while (reader.next()) continue;
    EXPECT_FALSE(reader.holds_partial_event()) << stream;
    EXPECT_FALSE(reader.rest()) << stream;
  }
}

TEST(SseReader, RefusesABlockThatIsTooLong) {
  const std::string exact = "data: 0123456789\n\n";
  EXPECT_EQ(read_stream(exact, exact.size()).events, "/0123456789/;");
  const auto over = read_stream("data: ok\n\n" + exact, exact.size() - 1);
  EXPECT_TRUE(over.failed);
  EXPECT_EQ(over.events, "/ok/;") << "what came before is still given";
  EXPECT_TRUE(read_stream(std::string(100, 'x'), 99).failed);
  EXPECT_FALSE(read_stream(std::string(99, 'x'), 99).failed);
  const std::string returns = "data: 0123456789\r\n\r\n";
  EXPECT_FALSE(read_stream(returns + returns, returns.size()).failed) << "whatever the cut";
  // A last CRLF counts as one byte, because its LF may come with the next block.
  EXPECT_FALSE(read_stream(returns + returns, returns.size() - 1).failed);
  EXPECT_TRUE(read_stream(returns + returns, returns.size() - 2).failed);
}

TEST(SseReader, NeedsTimeInProportionToTheBytes) {
  // Lines of one kind of line end, searched for the other: quadratic if done carelessly, which
  // would be hours and not a fraction of a second.
  for (const std::string& line : {"data\r"s, "id: 1\rdata\r"s, "\r"s, "data\n"s, "\n"s, "x\r\n"s}) {
    std::string stream;
    while (stream.size() < 2 * 1024 * 1024) stream += line;
    SseReader reader;
    ASSERT_TRUE(reader.feed(stream));
    while (reader.next()) continue;
    reader.rest();
    EXPECT_FALSE(reader.holds_partial_event());
  }
}

TEST(SseReader, LooksAtALongIdOnlyOnce) {
  // If each event that has this id looked at it: minutes, and not a fraction of a second.
  const std::string id(4 * 1024 * 1024, 'x');
  std::string stream = "id: " + id + "\n\n";
  for (int i = 0; i < 200'000; ++i) stream += "data\n\n";
  SseReader reader;
  ASSERT_TRUE(reader.feed(stream));
  std::size_t events = 0;
  while (const auto event = reader.next()) events += event->id.size() == id.size() ? 1 : 0;
  EXPECT_EQ(events, 200'001U);
}

TEST(SseReader, CanBeMovedWithAPartialBlockInside) {
  SseReader reader;
  ASSERT_TRUE(reader.feed("id: 1\ndata: a\n\ndata: b"));
  while (reader.next()) continue;
  SseReader moved = std::move(reader);
  ASSERT_TRUE(moved.feed("c\n\n"));
  const auto event = moved.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->data, "bc");
  EXPECT_EQ(event->id, "1");
}

}  // namespace
}  // namespace penstock::http
