#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "limits/remote/shared_limits.h"
#include "limits/remote/world.h"
#include "support/redis_server.h"

namespace penstock::limits::test {
namespace {

using penstock::test::RedisServer;

/// A hammer at work.
class Hammer {
 public:
  struct Settings {
    int seed = 1;
    int attempts = 1'000'000;
    int hold_ms = 30'000;
    bool with_slots = true;
  };
  Hammer(const RedisServer& server, Settings settings) {
    int in[2];
    int out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::vector<std::string> words{PENSTOCK_HAMMER,
                                   std::to_string(server.port()),
                                   std::to_string(settings.seed),
                                   std::to_string(settings.attempts),
                                   std::to_string(settings.hold_ms),
                                   settings.with_slots ? "1" : "0"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&pid_, PENSTOCK_HAMMER, &actions, nullptr, arguments.data(), environ),
              0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    stdin_ = in[1];
    stdout_ = ::fdopen(out[0], "r");
  }
  ~Hammer() {
    kill();
    std::fclose(stdout_);
    ::close(stdin_);
  }
  Hammer(const Hammer&) = delete;
  Hammer& operator=(const Hammer&) = delete;

  /// Reads until it has held that much, or is done; false: it was done before.
  bool read_until_held(std::uint64_t amount) {
    while (held < amount && read_line()) {
    }
    return held >= amount;
  }
  void read_to_end() {
    while (read_line()) {
    }
  }
  void kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  std::uint64_t held = 0;
  std::uint64_t used = 0;
  bool done = false;

 private:
  bool read_line() {
    char word[16];
    unsigned long long amount = 0;
    if (done || std::fscanf(stdout_, "%15s %llu", word, &amount) != 2) return false;
    const std::string_view said = word;
    if (said == "held") held += amount;
    if (said == "used") used += amount;
    done = said == "done";
    return !done;
  }

  pid_t pid_ = -1;
  int stdin_ = -1;
  std::FILE* stdout_ = nullptr;
};

MeterView look(Store& store, const Limit& limit) {
  const auto views = store.list(limit, limit.name, 1);
  return views.empty() ? MeterView{limit.name, 0, 0, limit.capacity, 0ms} : views[0];
}

/// Whether the processes may lease slices of the tokens.
enum class Way { kAsked, kLeased };

class Processes : public testing::TestWithParam<Way> {
 protected:
  bool with_slots() const { return GetParam() == Way::kAsked; }
  std::vector<std::unique_ptr<Hammer>> start_four(int attempts) {
    std::vector<std::unique_ptr<Hammer>> hammers;
    for (int i = 0; i < 4; ++i) {
      hammers.push_back(std::make_unique<Hammer>(
          server_, Hammer::Settings{i + 1, attempts, 30'000, with_slots()}));
    }
    return hammers;
  }
  static std::uint64_t used_by(const std::vector<std::unique_ptr<Hammer>>& hammers) {
    std::uint64_t used = 0;
    for (const auto& hammer : hammers) {
      hammer->read_to_end();
      EXPECT_TRUE(hammer->done);
      used += hammer->used;
    }
    return used;
  }

  RedisServer server_;
  const SharedLimits limits_;
};

INSTANTIATE_TEST_SUITE_P(Ways, Processes, testing::Values(Way::kAsked, Way::kLeased));

TEST_P(Processes, SpendTogetherExactlyWhatTheyWereGranted) {
  const std::uint64_t used = used_by(start_four(250));
  EXPECT_GT(used, 0U);
  EXPECT_LE(used, SharedLimits::kTokens);
  Process observer(server_, system_clock());
  EXPECT_EQ(look(*observer.store, limits_.tokens).used, used);
  EXPECT_EQ(look(*observer.store, limits_.tokens).reserved, 0U);
  EXPECT_EQ(look(*observer.store, limits_.running).reserved, 0U);
}

TEST_P(Processes, AreGrantedTheWholeLimitAndNoMore) {
  Process observer(server_, system_clock());
  // So little is left that the four fall over each other.
  {
    auto result = observer.store->reserve(limits_.claims(SharedLimits::kTokens - 500));
    std::get<Reservation>(result).settle(
        std::vector<std::uint64_t>{SharedLimits::kTokens - 500, 1});
    ASSERT_TRUE(observer.catches_up());
  }
  const std::uint64_t used = used_by(start_four(300));
  EXPECT_LE(used, 500U);
  EXPECT_GE(used, 500U - 9U) << "what is left is less than a request";
  EXPECT_EQ(look(*observer.store, limits_.tokens).remaining, 500U - used);
}

TEST_P(Processes, OneThatIsKilledLosesWhatItHeldAndItsSlotsComeBack) {
  Process observer(server_, system_clock());
  Hammer victim(server_, {1, 1'000'000, /*hold_ms=*/500, with_slots()});
  ASSERT_TRUE(victim.read_until_held(3000));
  victim.kill();
  victim.read_to_end();
  // Nobody but the heartbeat of another process has to come by.
  EXPECT_TRUE(eventually([&] {
    return look(*observer.store, limits_.tokens).reserved == 0 &&
           look(*observer.store, limits_.running).reserved == 0;
  }));
  // Each of eight fibers may hold up to 11, and what is on its way at the end may be heard of by
  // the server or by us alone. Leased is at most a 64th, twice where a slice takes over from one.
  const std::uint64_t in_doubt = 2 * 8 * 11 + (with_slots() ? 0 : 2 * SharedLimits::kTokens / 64);
  const std::uint64_t used = look(*observer.store, limits_.tokens).used;
  EXPECT_GE(used + in_doubt, victim.used);
  EXPECT_LE(used, victim.used + in_doubt);
  EXPECT_EQ(look(*observer.store, limits_.running).remaining, 12U);
}

}  // namespace
}  // namespace penstock::limits::test
