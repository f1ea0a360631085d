#include "limits/store_suite.h"

#include "limits/remote/world.h"

namespace penstock::limits::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Remote, StoreSuite,
                         testing::Values([] { return std::make_unique<RemoteWorld>(); }));

}  // namespace
}  // namespace penstock::limits::test
