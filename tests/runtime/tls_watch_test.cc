// What a TLS stream does while nobody reads from it.

#include "runtime/fiber.h"
#include "runtime/loop.h"
#include "runtime/tls_pair.h"
#include "support/fiber_test.h"

namespace penstock::runtime {
namespace {

using namespace std::chrono_literals;
using test::TestCertificate;

/// Lets the loop turn until it holds; it must come to hold.
template <class Condition>
void wait_until(const Condition& condition) {
  while (!condition()) Fiber::current().park({system_clock().now() + 1ms, nullptr});
}

void wait_for(Cancel& cancel) {
  EXPECT_EQ(Fiber::current().park({MonotonicTime::max(), &cancel}), Wake::kCancelled);
}

FIBER_TEST(TlsWatch, TakesWhatArrivesAndHearsOfTheEnd) {
  const TestCertificate certificate;
  TlsPair pair(certificate);
  Cancel cancel;
  std::string spill;
  pair.near->watch(cancel, spill, 1024);
  EXPECT_TRUE(pair.far.send("early "));
  wait_until([&] { return spill == "early "; });
  EXPECT_TRUE(pair.far.send("bird"));
  wait_until([&] { return spill == "early bird"; });
  EXPECT_FALSE(cancel.requested());
  pair.far.close_notify();
  wait_for(cancel);
}

FIBER_TEST(TlsWatch, HearsOfAnEndWithoutCloseNotifyAndOfAReset) {
  const TestCertificate certificate;
  for (const bool reset : {false, true}) {
    TlsPair pair(certificate);
    Cancel cancel;
    std::string spill;
    // A local socket is reset by closing it with bytes unread.
    if (reset) {
      EXPECT_TRUE(pair.near->write("unread", {}));
    }
    pair.near->watch(cancel, spill, 1024);
    pair.far.reset();
    wait_for(cancel);
  }
}

FIBER_TEST(TlsWatch, HearsOfWhatIsNoTls) {
  const TestCertificate certificate;
  const std::array<int, 2> ends = make_ends();
  const int raw_end = ::dup(ends[1]);
  test::Socket far(ends[1]);
  const auto context = TlsContext::for_server(options_of(certificate));
  std::thread other([&] { EXPECT_TRUE(far.connect_tls({.ca_file = certificate.file()})); });
  auto near = accept_tls(std::make_unique<Socket>(ends[0]), **context, {});
  other.join();
  ASSERT_TRUE(near);
  Cancel cancel;
  std::string spill;
  (*near)->watch(cancel, spill, 1024);
  EXPECT_EQ(::write(raw_end, "\x17\x03\x03\x00\x20 this was never encrypted by anybody", 40), 40);
  wait_for(cancel);
  EXPECT_EQ(spill, "");
  ::close(raw_end);
}

FIBER_TEST(TlsWatch, LeavesWhatIsBeyondItsLimitToTheReader) {
  const TestCertificate certificate;
  TlsPair pair(certificate);
  Cancel cancel;
  std::string spill;
  pair.near->watch(cancel, spill, 3);
  EXPECT_TRUE(pair.far.send("abcdef"));
  pair.far.close_notify();
  wait_until([&] { return spill.size() == 3; });
  EXPECT_FALSE(cancel.requested());
  pair.near->unwatch();

  // What is left of the record lies in the TLS layer: the next watch must not wait for the socket.
  pair.near->watch(cancel, spill, 5);
  wait_until([&] { return spill.size() == 5; });
  pair.near->unwatch();
  std::array<char, 16> buffer;
  const auto got = pair.near->read(buffer, {});
  ASSERT_TRUE(got);
  EXPECT_EQ(spill + std::string(buffer.data(), *got), "abcdef");
  EXPECT_EQ(*pair.near->read(buffer, {}), 0u);
}

FIBER_TEST(TlsWatch, TakesNothingAnyMoreWhenItIsOver) {
  const TestCertificate certificate;
  TlsPair pair(certificate);
  Cancel cancel;
  std::string spill;
  pair.near->watch(cancel, spill, 1024);
  pair.near->unwatch();
  EXPECT_TRUE(pair.far.send("for the reader"));
  std::array<char, 16> buffer;
  const auto got = pair.near->read(buffer, {});
  ASSERT_TRUE(got);
  EXPECT_EQ(std::string(buffer.data(), *got), "for the reader");
  EXPECT_EQ(spill, "");
  pair.far.close();
  EXPECT_EQ(*pair.near->read(buffer, {}), 0u);
  EXPECT_FALSE(cancel.requested());
}

FIBER_TEST(TlsWatch, GoesOnWhileAWriteWaitsForAClientThatTakesNothing) {
  const TestCertificate certificate;
  TlsPair pair(certificate);
  const std::string big(4 << 20, 'x');
  Cancel cancel;
  std::string spill;
  bool written = false;
  pair.near->watch(cancel, spill, 1024);
  Loop::current().spawn([&] {
    EXPECT_TRUE(pair.near->write(big, {}));
    written = true;
  });
  // The write stands still now; two records come in the middle of it.
  EXPECT_TRUE(pair.far.send("one"));
  wait_until([&] { return spill == "one"; });
  EXPECT_TRUE(pair.far.send("two"));
  wait_until([&] { return spill == "onetwo"; });
  EXPECT_FALSE(written);

  std::string received;
  std::thread other([&] {
    while (received.size() < big.size()) {
      const auto piece = pair.far.read();
      if (piece.state != test::Socket::State::kBytes) break;
      received += piece.bytes;
    }
  });
  wait_until([&] { return written; });
  other.join();
  EXPECT_TRUE(received == big);
}

FIBER_TEST(TlsWatch, EndsTheWriteOfAClientThatLeaves) {
  const TestCertificate certificate;
  TlsPair pair(certificate);
  Cancel cancel;
  std::string spill;
  pair.near->watch(cancel, spill, 1024);
  pair.far.close_notify();
  const auto written = pair.near->write(std::string(4 << 20, 'x'), {MonotonicTime::max(), &cancel});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, IoError::Kind::kCancelled);
}

FIBER_TEST(TlsStream, IsQuietWithoutDataAndWithoutAnEndWhateverTicketsCame) {
  const TestCertificate certificate;
  TlsPair pair(certificate);
  EXPECT_TRUE(pair.near->is_quiet());
  EXPECT_TRUE(pair.far.send("x"));
  EXPECT_FALSE(pair.near->is_quiet());
  std::array<char, 1> buffer;
  EXPECT_TRUE(pair.near->read(buffer, {}));
  EXPECT_TRUE(pair.near->is_quiet());
  pair.far.close_notify();
  EXPECT_FALSE(pair.near->is_quiet());
}

}  // namespace
}  // namespace penstock::runtime
