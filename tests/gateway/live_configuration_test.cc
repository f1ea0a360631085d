#include "gateway/live_configuration.h"

#include <gmock/gmock.h>

#include "support/temp_folder.h"

namespace penstock::gateway {
namespace {

using penstock::test::TempFolder;
using ::testing::Contains;
using ::testing::HasSubstr;

std::string yaml(const std::string& server = "listen: \"127.0.0.1:0\"",
                 const std::string& chain = "- log") {
  return "server: {" + server +
         "}\n"
         "upstreams: {demo: {kind: demo}}\n"
         "chain:\n  " +
         chain + "\n";
}

class Live : public testing::Test {
 protected:
  Live() {
    process_.log = std::move(*Log::open({.file = "/dev/null"}, system_clock()));
    live_.on_replaced([this](const LiveConfiguration::Snapshot&) { ++replaced_; });
    EXPECT_TRUE(live_.load().ok());
  }
  void write(const std::string& text) { folder_.write("penstock.yaml", text); }

  TempFolder folder_;
  std::string file_ = folder_.write("penstock.yaml", yaml());
  Process process_;
  int replaced_ = 0;
  LiveConfiguration live_{file_, process_};
};

TEST_F(Live, SwapsInACandidateThatIsGood) {
  const auto before = live_.state();
  write(yaml() + "# changed\n");
  EXPECT_TRUE(live_.reload().ok());
  const auto after = live_.state();
  EXPECT_EQ(replaced_, 1);
  EXPECT_NE(after.snapshot, before.snapshot);
  EXPECT_NE(after.hash, before.hash);
  EXPECT_TRUE(after.last_reload->diagnostics.ok());
}

TEST_F(Live, KeepsTheOldOneWhenACandidateIsBad) {
  const auto before = live_.state();
  write(yaml("listen: \"127.0.0.1:0\"", "- lgo"));
  const auto diagnostics = live_.reload();
  EXPECT_THAT(config::to_text(diagnostics), HasSubstr("penstock.yaml:4:5: "));
  EXPECT_EQ(replaced_, 0);
  EXPECT_EQ(live_.state().snapshot, before.snapshot);
  EXPECT_EQ(live_.state().hash, before.hash);
  EXPECT_FALSE(live_.state().last_reload->diagnostics.ok());
}

TEST_F(Live, RefusesASettingThatNeedsARestart) {
  for (const char* changed : {"listen: \"127.0.0.1:1\"", "listen: \"127.0.0.1:0\", threads: 3",
                              "listen: \"127.0.0.1:0\", state_dir: /elsewhere"}) {
    write(yaml(changed));
    EXPECT_THAT(config::to_text(live_.reload()), HasSubstr("restart")) << changed;
  }
  EXPECT_EQ(replaced_, 0);
}

TEST_F(Live, LooksAtWhatAFileSaysAndNotAtItsTime) {
  write(yaml());
  live_.reload_if_changed();
  EXPECT_EQ(replaced_, 0);
  write(yaml() + "# changed\n");
  live_.reload_if_changed();
  EXPECT_EQ(replaced_, 1);
}

TEST_F(Live, DoesNotTryABadCandidateAgainUntilItChanges) {
  write("chain: [");
  live_.reload_if_changed();
  const auto first = live_.state().last_reload->at;
  live_.reload_if_changed();
  EXPECT_EQ(live_.state().last_reload->at, first);
  write(yaml());  // back to what runs, which is a change all the same
  live_.reload_if_changed();
  EXPECT_EQ(replaced_, 1);
}

TEST_F(Live, WatchesTheFilesThatTheConfigurationNames) {
  const std::string schema = folder_.write("chat.json", R"({"type":"object"})");
  write(yaml("listen: \"127.0.0.1:0\"", "- json_schema: {request: {file: chat.json}}"));
  ASSERT_TRUE(live_.reload().ok());
  EXPECT_THAT(live_.files(), Contains(file_));
  EXPECT_THAT(live_.files(), Contains(schema));
  folder_.write("chat.json", R"({"type":"object","required":["model"]})");
  live_.reload_if_changed();
  EXPECT_EQ(replaced_, 2);
}

TEST_F(Live, TakesTheModelsAndPricesOfFilesThatChange) {
  const auto price_of_m = [this] {
    return live_.state().snapshot->models->prices.find("m")->rates.input;
  };
  folder_.write("prices.yaml", "prices: [{models: [m], input: 1, output: 2}]");
  write(yaml() + "model_data: {prices: prices.yaml}\n");
  ASSERT_TRUE(live_.reload().ok());
  EXPECT_EQ(price_of_m(), 1'000'000u);
  folder_.write("prices.yaml", "prices: [{models: [m], input: 3, output: 2}]");
  live_.reload_if_changed();
  EXPECT_EQ(price_of_m(), 3'000'000u);

  const std::string bad = folder_.write("prices.yaml", "prices: [{models: [m], input: 3}]");
  EXPECT_THAT(config::to_text(live_.reload()),
              HasSubstr(bad + ":1:10: prices[0]: `output` is missing"));
  EXPECT_EQ(price_of_m(), 3'000'000u);
}

TEST_F(Live, LetsReplacedSnapshotsGoWhenNobodyUsesThem) {
  auto used = live_.state().snapshot;
  const std::weak_ptr<const server::Snapshot> old = used;
  ASSERT_TRUE(live_.reload().ok());
  EXPECT_FALSE(live_.let_go());
  used.reset();
  EXPECT_FALSE(old.expired());
  EXPECT_TRUE(live_.let_go());
  EXPECT_TRUE(old.expired());
}

TEST_F(Live, ChecksATextWithoutTouchingAnything) {
  const std::string log = folder_.path() + "/exchanges.log";
  const auto good = check_text(yaml("", "- log: {file: " + log + "}"), "request", process_);
  EXPECT_TRUE(good.ok()) << config::to_text(good);
  EXPECT_NE(::access(log.c_str(), F_OK), 0);
  const auto bad = check_text(yaml("", "- log: {file: /nowhere/x.log}"), "request", process_);
  EXPECT_THAT(config::to_text(bad), HasSubstr("request:4:"));
  EXPECT_THAT(config::to_text(bad), HasSubstr("/nowhere/x.log"));
}

}  // namespace
}  // namespace penstock::gateway
