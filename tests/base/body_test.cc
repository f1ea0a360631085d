#include "penstock/body.h"

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Gives its pieces, then an error or the end; tells when it dies.
class Pieces final : public BodySource {
 public:
  Pieces(std::vector<std::string> pieces, std::vector<std::string>* events, bool fails = false)
      : pieces_(std::move(pieces)), events_(events), fails_(fails) {}
  ~Pieces() override { events_->push_back("closed"); }
  Result<std::optional<Chunk>> read(Deadline) override {
    events_->push_back("read");
    if (at_ < pieces_.size()) return Chunk{pieces_[at_++]};
    if (fails_) return internal_error("broke off");
    return std::nullopt;
  }
  Usage usage() const override { return {Usage::Origin::kMeasured, 3, at_}; }

 private:
  std::vector<std::string> pieces_;
  std::vector<std::string>* events_;
  bool fails_;
  std::size_t at_ = 0;
};

struct BodyTest : testing::Test {
  Body stream(std::vector<std::string> pieces, bool fails = false) {
    return Body(std::make_unique<Pieces>(std::move(pieces), &events, fails));
  }
  void note_ends(Body& body, std::string name) {
    body.on_finish([this, name](const Outcome& outcome) {
      events.push_back(name + " " + to_string(outcome.ending));
      usage = outcome.usage;
    });
  }
  std::vector<std::string> events;
  Usage usage;
};

Outcome ended(Ending ending) {
  Outcome outcome;
  outcome.ending = ending;
  return outcome;
}

std::vector<std::string> read_all(Body& body) {
  std::vector<std::string> chunks;
  for (;;) {
    const auto chunk = body.read({});
    if (!chunk || !*chunk) return chunks;
    chunks.emplace_back((*chunk)->bytes);
  }
}

TEST_F(BodyTest, GivesAWholeTextAsOneChunk) {
  Body body("text");
  EXPECT_FALSE(body.is_stream());
  EXPECT_EQ(body.whole(), "text");
  EXPECT_THAT(read_all(body), ElementsAre("text"));
}

TEST_F(BodyTest, HasNoChunkWhenEmpty) {
  Body body;
  EXPECT_THAT(read_all(body), IsEmpty());
}

TEST_F(BodyTest, GivesTheChunksOfItsSource) {
  Body body = stream({"a", "b"});
  EXPECT_TRUE(body.is_stream());
  EXPECT_THAT(read_all(body), ElementsAre("a", "b"));
}

// Regression: the source was read again after its end.
TEST_F(BodyTest, LeavesTheSourceAloneAfterItsEnd) {
  Body body = stream({"a"});
  read_all(body);
  const auto again = body.read({});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->has_value(), false);
  EXPECT_THAT(events, ElementsAre("read", "read"));
}

TEST_F(BodyTest, PassesAnErrorOnAndNeverTurnsItIntoACleanEnd) {
  Body body = stream({}, true);
  const auto first = body.read({});
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().detail, "broke off");
  EXPECT_FALSE(body.read({}));
  EXPECT_THAT(events, ElementsAre("read"));
}

TEST_F(BodyTest, ShowsChunksToWatchersInOrderBeforeTheClient) {
  Body body = stream({"x"});
  for (const char* name : {"first", "second"}) {
    body.each([this, name](const Chunk& chunk) -> Result<void> {
      events.push_back(std::string(name) + " sees " + std::string(chunk.bytes));
      return {};
    });
  }
  read_all(body);
  EXPECT_THAT(events, ElementsAre("read", "first sees x", "second sees x", "read"));
}

TEST_F(BodyTest, KeepsChunksForWatchersThatSuspend) {
  struct Shared final : BodySource {
    explicit Shared(std::string& room) : room_(room) {}
    Result<std::optional<Chunk>> read(Deadline) override { return Chunk{room_ = "mine"}; }
    std::string& room_;
  };
  std::string room;
  Body body(std::make_unique<Shared>(room));
  body.keep_chunks();
  body.each([&](const Chunk&) -> Result<void> {
    room = "else";  // what another fiber reads meanwhile
    return {};
  });
  Body moved(std::move(body));
  const auto chunk = moved.read({});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->bytes, "mine");
}

TEST_F(BodyTest, EndsWithTheErrorOfAWatcher) {
  Body body = stream({"a", "b"});
  body.each([](const Chunk&) -> Result<void> { return invalid_request("not this"); });
  const auto chunk = body.read({});
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().public_message, "not this");
  EXPECT_FALSE(body.read({}));
  EXPECT_THAT(events, ElementsAre("read"));
}

TEST_F(BodyTest, FinishClosesTheSourceThenTellsEverybodyInReverseOrderOnce) {
  Body body = stream({"a"});
  note_ends(body, "outer");
  note_ends(body, "inner");
  body.finish(ended(Ending::kComplete));
  body.finish(ended(Ending::kClientGone));
  EXPECT_THAT(events, ElementsAre("closed", "inner complete", "outer complete"));
}

TEST_F(BodyTest, TellsTheUsageThatIsKnownByNow) {
  EXPECT_EQ(Body("text", {Usage::Origin::kMeasured, 1, 2}).usage().output, 2U);
  Body body = stream({"a", "b"});
  EXPECT_EQ(body.usage().output, 0U);
  read_all(body);
  EXPECT_EQ(body.usage().output, 2U);
  body.finish(ended(Ending::kComplete));
  EXPECT_EQ(body.usage().origin, Usage::Origin::kUnknown);
}

TEST_F(BodyTest, DroppedUnreadIsAbandoned) {
  {
    Body body = stream({"a"});
    note_ends(body, "end");
  }
  EXPECT_THAT(events, ElementsAre("closed", "end abandoned"));
}

TEST_F(BodyTest, ReplacedByAnotherIsAbandoned) {
  Body body("old");
  note_ends(body, "old");
  body = Body("new");
  note_ends(body, "new");
  EXPECT_THAT(events, ElementsAre("old abandoned"));
  EXPECT_THAT(read_all(body), ElementsAre("new"));
  body.finish(ended(Ending::kComplete));
  EXPECT_THAT(events, ElementsAre("old abandoned", "new complete"));
}

TEST_F(BodyTest, MovedStillEndsOnce) {
  {
    Body body = stream({"a", "b"});
    note_ends(body, "end");
    ASSERT_TRUE(body.read({}));
    Body moved = std::move(body);
    EXPECT_THAT(read_all(moved), ElementsAre("b"));
  }
  EXPECT_THAT(events, ElementsAre("read", "read", "read", "closed", "end abandoned"));
}

TEST_F(BodyTest, FillsInTheUsageOfTheSource) {
  Body body = stream({"a", "b"});
  note_ends(body, "end");
  ASSERT_TRUE(body.read({}));
  body.finish(ended(Ending::kClientGone));
  EXPECT_EQ(usage.origin, Usage::Origin::kMeasured);
  EXPECT_EQ(usage.input, 3u);
  EXPECT_EQ(usage.output, 1u);
}

TEST_F(BodyTest, FillsInTheUsageOfAWholeText) {
  Body body("text", {Usage::Origin::kCounted, 7, 9});
  note_ends(body, "end");
  body.finish(ended(Ending::kComplete));
  EXPECT_EQ(usage.origin, Usage::Origin::kCounted);
  EXPECT_EQ(usage.output, 9u);
}

TEST_F(BodyTest, KeepsTheUsageThatTheOutcomeBrings) {
  Body body("text", {Usage::Origin::kCounted, 7, 9});
  note_ends(body, "end");
  Outcome outcome = ended(Ending::kComplete);
  outcome.usage = {Usage::Origin::kMeasured, 1, 2};
  body.finish(std::move(outcome));
  EXPECT_EQ(usage.origin, Usage::Origin::kMeasured);
  EXPECT_EQ(usage.output, 2u);
}

TEST(Ending, HasTheNamesOfTheLog) {
  EXPECT_STREQ(to_string(Ending::kComplete), "complete");
  EXPECT_STREQ(to_string(Ending::kClientGone), "client_gone");
  EXPECT_STREQ(to_string(Ending::kUpstreamFailed), "upstream_failed");
  EXPECT_STREQ(to_string(Ending::kAbandoned), "abandoned");
}

TEST(BodyFinish, TellsTheOthersAlsoWhenOneFindsNoMemory) {
  int told = 0;
  Body body("text");
  body.on_finish([&](const Outcome&) { ++told; });
  body.on_finish([&](const Outcome&) {
    ++told;
    throw std::bad_alloc();
  });
  body.on_finish([&](const Outcome&) { ++told; });
  body.finish({});
  EXPECT_EQ(told, 3);
}

}  // namespace
}  // namespace penstock
