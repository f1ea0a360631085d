#include "limits/store_suite.h"

#include "limits/memory_store.h"
#include "support/manual_clock.h"

namespace penstock::limits::test {
namespace {

class MemoryWorld final : public World {
 public:
  Store& store() override { return store_; }
  void pass(milliseconds time) override { clock_.advance(time); }
  WallTime now() const override { return clock_.wall_now(); }
  void catch_up() override {}

 private:
  penstock::test::ManualClock clock_;
  MemoryStore store_{clock_};
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite,
                         testing::Values([] { return std::make_unique<MemoryWorld>(); }));

}  // namespace
}  // namespace penstock::limits::test
