#include "log/line_queue.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace penstock::internal {
namespace {

using Added = LineQueue::Added;

TEST(LineQueue, GivesEverythingThatWaitsAtOnce) {
  LineQueue queue(10, 1000);
  LineQueue::Batch batch;
  EXPECT_TRUE(queue.empty());
  queue.add({"{", "one", "}"});
  queue.add({"two"});
  EXPECT_FALSE(queue.empty());
  queue.take(batch);
  EXPECT_EQ(batch.text, "{one}\ntwo\n");
  EXPECT_EQ(batch.lines, 2u);
  EXPECT_TRUE(queue.empty());
}

TEST(LineQueue, TellsWhichLineHasToCallTheTaker) {
  LineQueue queue(10, 1000);
  LineQueue::Batch batch;
  EXPECT_EQ(queue.add({"one"}), Added::kFirst);
  EXPECT_EQ(queue.add({"two"}), Added::kBehind);
  queue.take(batch);
  EXPECT_EQ(queue.add({"three"}), Added::kFirst);
}

TEST(LineQueue, HoldsSoManyLinesAndThoseThatAreTakenCount) {
  LineQueue queue(2, 1000);
  LineQueue::Batch batch;
  queue.add({"one"});
  queue.take(batch);
  EXPECT_EQ(queue.add({"two"}), Added::kFirst);
  EXPECT_EQ(queue.add({"three"}), Added::kRefused);
  EXPECT_EQ(queue.lost(), 1u);
  queue.done(batch, 0);
  EXPECT_EQ(queue.add({"four"}), Added::kBehind);
  queue.take(batch);
  EXPECT_EQ(batch.text, "two\nfour\n");
}

TEST(LineQueue, HoldsSoManyBytesLineEndsIncluded) {
  LineQueue queue(10, 8);
  LineQueue::Batch batch;
  EXPECT_EQ(queue.add({"123", "4567"}), Added::kFirst);
  EXPECT_EQ(queue.add({""}), Added::kRefused);
  queue.take(batch);
  EXPECT_EQ(queue.add({""}), Added::kRefused);
  queue.done(batch, 0);
  EXPECT_EQ(queue.add({"1234567"}), Added::kFirst);
  EXPECT_EQ(queue.lost(), 1u + 1u);
}

TEST(LineQueue, CountsWhatTheTakerLost) {
  LineQueue queue(10, 1000);
  LineQueue::Batch batch;
  queue.add({"one"});
  queue.add({"two"});
  queue.take(batch);
  queue.done(batch, 1);
  queue.lose_line();
  EXPECT_EQ(queue.lost(), 2u);
}

TEST(LineQueue, CanBeWaitedFor) {
  LineQueue queue(10, 1000);
  queue.wait_until_done();  // nothing was added
  queue.add({"one"});
  std::jthread taker([&queue] {
    LineQueue::Batch batch;
    queue.take(batch);
    queue.done(batch, 0);
  });
  queue.wait_until_done();
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace penstock::internal
