#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <future>
#include <httplib.h>
#include <mutex>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/fixture.h"
#include "support/socket.h"

namespace penstock::control::testing {
namespace {

using test::get;
using test::post;
using ::testing::HasSubstr;
using ::testing::Not;

Result<std::unique_ptr<ControlServer>> start_on(const http::HostPort& address,
                                                Operations& operations) {
  config::ControlOptions options;
  options.listen = address;
  return ControlServer::start(options, operations);
}

/// Something that a request waits for and the test opens.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    EXPECT_TRUE(changed_.wait_for(lock, test::kPatience, [&] { return open_; }));
  }
  /// Waits until that many requests stand before the gate.
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, test::kPatience, [&] { return waiting_ >= count; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

TEST(ControlServer, NoticesThatThePortIsTaken) {
  FakeOperations operations;
  const auto first = start_on({"127.0.0.1", 0}, operations);
  ASSERT_TRUE(first);
  const std::uint16_t port = (*first)->port();
  const auto second = start_on({"127.0.0.1", port}, operations);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().detail,
            "control.listen: cannot listen on 127.0.0.1:" + std::to_string(port) +
                ": Address already in use; set control.listen to another "
                "address");
}

TEST(ControlServer, NoticesAProgramThatWouldShareThePort) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(other, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  ASSERT_EQ(::bind(other, reinterpret_cast<sockaddr*>(&name), size), 0);
  ASSERT_EQ(::listen(other, 1), 0);
  ::getsockname(other, reinterpret_cast<sockaddr*>(&name), &size);
  FakeOperations operations;
  EXPECT_FALSE(start_on({"127.0.0.1", ntohs(name.sin_port)}, operations));
  ::close(other);
}

TEST(ControlServer, TakesThePortThatTheLastOneLeft) {
  FakeOperations operations;
  auto first = start_on({"127.0.0.1", 0}, operations);
  ASSERT_TRUE(first);
  const std::uint16_t port = (*first)->port();
  EXPECT_EQ(test::fetch(port, get("/livez")).status(), 200);
  first->reset();
  const auto second = start_on({"127.0.0.1", port}, operations);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ((*second)->port(), port);
  EXPECT_EQ(test::fetch(port, get("/livez")).status(), 200);
}

TEST(ControlServer, NamesAnAddressThatIsNotOfThisMachine) {
  FakeOperations operations;
  for (const auto& [host, shown] : {std::pair{"192.0.2.1", " 192.0.2.1:4001: "},
                                    std::pair{"2001:db8::1", " [2001:db8::1]:4001: "}}) {
    const auto server = start_on({host, 4001}, operations);
    ASSERT_FALSE(server) << host;
    EXPECT_THAT(server.error().detail, HasSubstr(shown));
    EXPECT_THAT(server.error().detail, ::testing::StartsWith("control.listen: "));
  }
}

TEST(ControlServer, ServesOverIpv6) {
  FakeOperations operations;
  const auto server = start_on({"::1", 0}, operations);
  ASSERT_TRUE(server) << server.error().detail;
  httplib::Client client("::1", (*server)->port());
  const auto answer = client.Get("/v1/status");
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
}

TEST(ControlServer, AnswersFiftyRequestsAtOnce) {
  ControlPlane control;
  std::atomic<int> checked = 0;
  control.operations.on_check = [&](std::string_view yaml) {
    checked += static_cast<int>(yaml.size());
    return config::Diagnostics{};
  };
  // The thread sanitizer cannot see how the library, which it did not build, guards what it makes at
  // its first request.
  ASSERT_TRUE(httplib::Client("127.0.0.1", control.port()).Get("/v1/status"));
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(std::async(std::launch::async, [&, i] {
      httplib::Client client("127.0.0.1", control.port());
      client.set_keep_alive(i % 2 == 0);
      const auto read = client.Get("/v1/status");
      const auto done = client.Post("/v1/config/check", "x", "application/yaml");
      return read && done ? read->status + done->status : 0;
    }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 400);
  EXPECT_EQ(checked, 50);
}

TEST(ControlServer, SilentConnectionsKeepNobodyFromAsking) {
  const ControlPlane control;
  std::vector<std::unique_ptr<test::RawClient>> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(std::make_unique<test::RawClient>(control.port()));
    ASSERT_TRUE(silent.back()->connected());
  }
  EXPECT_EQ(control.ask(get("/livez")).status(), 200);
}

TEST(ControlServer, FinishesWhatIsBeingAnsweredWhenItStops) {
  ControlPlane control;
  Gate gate;
  control.operations.on_status = [&] {
    gate.pass();
    return nlohmann::json{{"state", std::string(1'000'000, 'x')}};
  };
  const std::uint16_t port = control.port();
  auto answer = std::async(std::launch::async, [&] { return control.ask(get("/v1/status")); });
  gate.wait_for(1);
  auto stopped = std::async(std::launch::async, [&] { control.stop(); });
  // Nobody can connect any more: it stops.
  while (test::Socket::connect(port).is_open()) std::this_thread::yield();
  gate.open();
  stopped.get();
  const auto message = answer.get();
  EXPECT_EQ(message.status(), 200);
  EXPECT_TRUE(message.complete);
  EXPECT_EQ(json_of(message)["state"].get<std::string>().size(), 1'000'000u);
}

TEST(ControlServer, DoesNotWaitForTheRestOfARequestWhenItStops) {
  ControlPlane control;
  test::RawClient client(control.port());
  ASSERT_TRUE(
      client.send("POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\n"
                  "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n"));
  ASSERT_EQ(client.read_answer().status(), 100);  // so it waits for the body now
  control.stop();
  EXPECT_EQ(client.read_answer().status(), 0);  // and not 408
}

TEST(ControlServer, AnOperationThatFailsIsA500AndNothingElse) {
  ControlPlane control;
  control.operations.on_not_ready = []() -> std::vector<std::string> {
    throw std::runtime_error("secret internals");
  };
  control.operations.on_metrics = []() -> std::string { throw 42; };
  control.operations.on_status = []() -> nlohmann::json { throw std::bad_alloc(); };
  control.operations.on_check = [](std::string_view) -> config::Diagnostics {
    throw std::logic_error("secret internals");
  };
  control.operations.on_reload = []() -> config::Diagnostics {
    throw std::system_error(std::make_error_code(std::errc::io_error), "secret internals");
  };
  for (const std::string& request :
       {get("/readyz"), get("/metrics"), get("/v1/status"), post("/v1/config/check", "{}"),
        post("/v1/config/reload", "")}) {
    const auto answer = control.ask(request);
    EXPECT_EQ(answer.status(), 500) << request;
    EXPECT_EQ(error_of(answer)["code"], "internal_error") << request;
    EXPECT_EQ(answer.field("content-type"), "application/json") << request;
    EXPECT_THAT(answer.head + answer.body, Not(HasSubstr("secret"))) << request;
    EXPECT_THAT(answer.head, Not(HasSubstr("EXCEPTION"))) << request;
  }
  EXPECT_EQ(control.ask(get("/livez")).status(), 200);
}

}  // namespace
}  // namespace penstock::control::testing
