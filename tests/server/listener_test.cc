#include "server/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "runtime/resolver.h"
#include "runtime/socket.h"
#include "support/fiber_test.h"

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

bool asks_whether_it_lives(int descriptor) {
  int on = 0;
  socklen_t size = sizeof on;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, &size) == 0 && on == 1;
}

FIBER_TEST(KeepAlive, IsAskedOfBothSides) {
  const auto listeners = listen_on({"127.0.0.1", 0}, 1);
  ASSERT_TRUE(listeners);
  runtime::Resolver resolver(system_clock());
  const auto addresses = resolver.resolve("127.0.0.1", listeners->port, {});
  ASSERT_TRUE(addresses);
  const auto upstream = runtime::Socket::connect(addresses->front(), {});
  ASSERT_TRUE(upstream);
  EXPECT_TRUE(asks_whether_it_lives((*upstream)->descriptor()));
  runtime::Socket listener(listeners->descriptors.front());
  ASSERT_TRUE(listener.wait_readable({}));
  const int client = ::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
  EXPECT_TRUE(asks_whether_it_lives(client));
  ::close(client);
}

}  // namespace
}  // namespace penstock::server
