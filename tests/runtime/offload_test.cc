#include "runtime/offload.h"

#include <atomic>
#include <new>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/loop.h"

namespace penstock::runtime {
namespace {

TEST(Offload, LeavesTheLoopToOthersMeanwhile) {
  Loop loop(system_clock());
  std::atomic<bool> other_ran = false;
  bool waited = false;
  std::thread::id worker;
  loop.spawn([&] {
    offload([&] {
      worker = std::this_thread::get_id();
      other_ran.wait(false);  // for ever, if the loop stood still
      waited = true;
    });
    EXPECT_TRUE(waited);
    loop.stop();
  });
  loop.spawn([&] {
    other_ran = true;
    other_ran.notify_one();
  });
  loop.run();
  EXPECT_TRUE(waited);
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(Offload, ThrowsInTheFiberWhatTheWorkThrew) {
  Loop loop(system_clock());
  bool caught = false;
  loop.spawn([&] {
    try {
      offload([] { throw std::bad_alloc(); });
    } catch (const std::bad_alloc&) {
      caught = true;
    }
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(caught);
}

TEST(Offload, RunsWhereItIsOutsideOfFibers) {
  std::thread::id worker;
  offload([&] { worker = std::this_thread::get_id(); });
  EXPECT_EQ(worker, std::this_thread::get_id());
}

}  // namespace
}  // namespace penstock::runtime
