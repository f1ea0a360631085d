#include "server/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace penstock::server {
namespace {

void close_all(const Listeners& listeners) {
  for (const int fd : listeners.descriptors) ::close(fd);
}

TEST(Listener, TakesAFreePortForAllLoops) {
  const auto listeners = listen_on({"127.0.0.1", 0}, 3);
  ASSERT_TRUE(listeners);
  EXPECT_EQ(listeners->descriptors.size(), 3u);
  EXPECT_NE(listeners->port, 0);
  close_all(*listeners);
}

TEST(Listener, NoticesThatAnotherGatewayHasThePort) {
  const auto first = listen_on({"127.0.0.1", 0}, 2);
  ASSERT_TRUE(first);
  const auto second = listen_on({"127.0.0.1", first->port}, 2);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("server.listen"), std::string::npos);
  EXPECT_NE(second.error().detail.find(std::to_string(first->port)), std::string::npos);
  close_all(*first);
}

TEST(Listener, NamesAnAddressThatIsNotOfThisMachine) {
  const auto listeners = listen_on({"192.0.2.1", 0}, 1);
  ASSERT_FALSE(listeners);
  EXPECT_NE(listeners.error().detail.find("192.0.2.1"), std::string::npos);
}

}  // namespace
}  // namespace penstock::server
