#include "runtime/socket.h"

#include <array>
#include <chrono>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/loop.h"
#include "support/fiber_test.h"
#include "support/manual_clock.h"

namespace penstock::runtime {
namespace {

using namespace std::chrono_literals;
using test::ManualClock;

/// Two connected ends; the first is a Socket of the current loop, the other a plain descriptor.
struct Pair {
  std::unique_ptr<Socket> near;
  int far = -1;

  Pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    near = std::make_unique<Socket>(ends[0]);
    far = ends[1];
  }
  ~Pair() {
    if (far >= 0) ::close(far);
  }
  void hang_up() { ::close(std::exchange(far, -1)); }
};

FIBER_TEST(Socket, ReadsWhatArrivesLaterAndThenTheEnd) {
  Pair pair;
  Loop::current().post([&] { EXPECT_EQ(::write(pair.far, "hello", 5), 5); });
  std::array<char, 16> buffer;
  const auto got = pair.near->read(buffer, {});
  ASSERT_TRUE(got);
  EXPECT_EQ(std::string(buffer.data(), *got), "hello");

  Loop::current().post([&] { pair.hang_up(); });
  const auto end = pair.near->read(buffer, {});
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, 0u);
}

TEST(Socket, GivesUpAtTheDeadline) {
  ManualClock clock;
  Loop loop(clock);
  bool timed_out = false;
  loop.spawn([&] {
    Pair pair;
    std::array<char, 16> buffer;
    const auto got = pair.near->read(buffer, {clock.now() + 1s, nullptr});
    timed_out = !got && got.error().kind == IoError::Kind::kTimeout;
  });
  clock.advance(1s);
  loop.fire_timers();
  EXPECT_TRUE(timed_out);
}

FIBER_TEST(Socket, WritesMoreThanTheSocketTakesAtOnce) {
  Pair pair;
  const std::string big(4 << 20, 'x');
  std::size_t received = 0;
  Loop& loop = Loop::current();
  bool reader_done = false;
  loop.spawn([&] {
    Socket far(std::exchange(pair.far, -1));
    std::array<char, 4096> buffer;
    while (true) {
      const auto got = far.read(buffer, {});
      if (!got || *got == 0) break;
      received += *got;
    }
    reader_done = true;
  });
  const std::array<std::string_view, 3> pieces{"head ", big, " tail"};
  EXPECT_TRUE(pair.near->write(pieces, {}));
  pair.near.reset();
  while (!reader_done) Fiber::current().park({system_clock().now() + 1ms, nullptr});
  EXPECT_EQ(received, big.size() + 10);
}

FIBER_TEST(Socket, WatchRequestsTheCancelWhenThePeerHangsUp) {
  Pair pair;
  Cancel cancel;
  std::string spill;
  pair.near->watch(cancel, spill, 1024);
  Loop::current().post([&] {
    EXPECT_EQ(::write(pair.far, "early", 5), 5);
    pair.hang_up();
  });
  EXPECT_EQ(Fiber::current().park({MonotonicTime::max(), &cancel}), Wake::kCancelled);
  EXPECT_EQ(spill, "early");
}

FIBER_TEST(Socket, WatchStopsTakingAtItsLimit) {
  Pair pair;
  Cancel cancel;
  std::string spill;
  pair.near->watch(cancel, spill, 3);
  EXPECT_EQ(::write(pair.far, "abcdef", 6), 6);
  while (spill.size() < 3) Fiber::current().park({system_clock().now() + 1ms, nullptr});
  pair.near->unwatch();
  std::array<char, 16> buffer;
  const auto got = pair.near->read(buffer, {});
  ASSERT_TRUE(got);
  EXPECT_EQ(spill + std::string(buffer.data(), *got), "abcdef");
}

FIBER_TEST(Socket, IsQuietOnlyWithoutDataAndWithoutAnEnd) {
  Pair pair;
  EXPECT_TRUE(pair.near->is_quiet());
  EXPECT_EQ(::write(pair.far, "x", 1), 1);
  EXPECT_FALSE(pair.near->is_quiet());
  std::array<char, 1> buffer;
  EXPECT_TRUE(pair.near->read(buffer, {}));
  EXPECT_TRUE(pair.near->is_quiet());
  pair.hang_up();
  EXPECT_FALSE(pair.near->is_quiet());
}

FIBER_TEST(Socket, HearsOfDataAndOfAnEndWhileNobodyReads) {
  Pair pair;
  EXPECT_TRUE(pair.near->is_quiet());
  EXPECT_EQ(::write(pair.far, "x", 1), 1);
  while (pair.near->is_quiet()) {
    Fiber::current().park({system_clock().now() + 1ms, nullptr});
  }
  std::array<char, 2> buffer;  // more than is there, so that it knows of having taken all
  EXPECT_TRUE(pair.near->read(buffer, {}));
  EXPECT_TRUE(pair.near->is_quiet());
  pair.hang_up();
  while (pair.near->is_quiet()) {
    Fiber::current().park({system_clock().now() + 1ms, nullptr});
  }
}

FIBER_TEST(Socket, SaysThatAConnectionWasRefused) {
  // A bound socket that does not listen: its port is taken and nobody answers there.
  const int holder = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof local;
  ASSERT_EQ(::bind(holder, reinterpret_cast<sockaddr*>(&local), size), 0);
  ::getsockname(holder, reinterpret_cast<sockaddr*>(&local), &size);

  Address address;
  std::memcpy(&address.storage, &local, sizeof local);
  address.size = sizeof local;
  const auto connected = Socket::connect(address, {});
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().kind, IoError::Kind::kRefused);
  ::close(holder);
}

}  // namespace
}  // namespace penstock::runtime
