#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "json/padded.h"
#include "openai/replay.h"
#include "openai/request_facts.h"
#include "openai/stream_tracker.h"

namespace penstock::openai {
namespace {

struct Cassette {
  std::string name;
  Route route;
  std::string request;
  std::string response;
};

std::optional<Route> route_of(const std::string& path) {
  if (path.find("/chat/completions") != std::string::npos) return Route::kChatCompletions;
  if (path.find("/completions") != std::string::npos) return Route::kCompletions;
  if (path.find("/embeddings") != std::string::npos) return Route::kEmbeddings;
  return std::nullopt;
}

/// Recorded exchanges with a real provider, where the corpora are at hand.
class Cassettes : public testing::Test {
 protected:
  void SetUp() override {
    const char* corpora = std::getenv("PENSTOCK_CORPORA");
    if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
    const auto folder = std::filesystem::path(corpora) / "openai/cassettes";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path());
      const auto row = nlohmann::json::parse(file);
      if (row["response"]["status"] != 200) continue;
      const auto route = route_of(row["request"]["path"]);
      if (!route) continue;
      cassettes_.push_back({row["name"], *route, row["request"]["body"], row["response"]["body"]});
    }
  }

  std::vector<Cassette> cassettes_;
};

bool is_stream(const Cassette& cassette) {
  return cassette.response.starts_with("data:");
}

TEST_F(Cassettes, RequestsGiveTheirFacts) {
  EXPECT_GE(cassettes_.size(), 25U);
  for (const Cassette& cassette : cassettes_) {
    const std::string text = json::padded(cassette.request);
    const auto document = json::Document::parse(text);
    ASSERT_TRUE(document) << cassette.name;
    const auto facts = read_facts(*document, cassette.route);
    ASSERT_TRUE(facts) << cassette.name << ": " << facts.error().public_message;
    EXPECT_EQ(facts->stream, is_stream(cassette)) << cassette.name;
    EXPECT_EQ(facts->model, nlohmann::json::parse(text)["model"]) << cassette.name;
  }
}

TEST_F(Cassettes, AnswersGiveTheirUsage) {
  for (const Cassette& cassette : cassettes_) {
    if (is_stream(cassette)) continue;
    const auto expected = nlohmann::json::parse(cassette.response)["usage"];
    const std::string text = json::padded(cassette.response);
    const auto document = json::Document::parse(text);
    ASSERT_TRUE(document) << cassette.name;
    const Usage usage = read_usage(*document);
    EXPECT_EQ(usage.origin, Usage::Origin::kMeasured) << cassette.name;
    EXPECT_EQ(usage.input.value_or(0), expected["prompt_tokens"]) << cassette.name;
    EXPECT_EQ(usage.output.value_or(0), expected.value("completion_tokens", 0)) << cassette.name;
  }
}

TEST_F(Cassettes, StreamsEndWellAndHideTheirUsage) {
  int streams = 0;
  for (const Cassette& cassette : cassettes_) {
    if (!is_stream(cassette)) continue;
    ++streams;
    const bool metered = cassette.response.find("\"usage\"") != std::string::npos;
    for (const std::size_t size : {std::size_t{1}, std::size_t{1000}}) {
      const auto pieces = pieces_of(cassette.response, size);
      StreamTracker keeping(cassette.route, 1, StreamTracker::UsageChunk::kKeep);
      EXPECT_EQ(replay(keeping, pieces), cassette.response);
      EXPECT_TRUE(keeping.complete() && !keeping.failed()) << cassette.name;
      EXPECT_EQ(keeping.usage().origin,
                metered ? Usage::Origin::kMeasured : Usage::Origin::kCounted);

      StreamTracker hiding(cassette.route, 1, StreamTracker::UsageChunk::kHide);
      const std::string client = replay(hiding, pieces);
      EXPECT_EQ(client.find("\"usage\""), std::string::npos) << cassette.name;
      EXPECT_EQ(client == cassette.response, !metered) << cassette.name;
      EXPECT_EQ(in_short(hiding.usage()), in_short(keeping.usage()));
    }
  }
  EXPECT_EQ(streams, 5);
}

/// What would be charged if the provider had not said what it used; thoughts come in no event.
TEST_F(Cassettes, StreamsAreCountedAsTheProviderCountsThem) {
  int streams = 0;
  for (const Cassette& cassette : cassettes_) {
    if (!is_stream(cassette)) continue;
    StreamTracker hiding(cassette.route, 1, StreamTracker::UsageChunk::kHide);
    const std::string silent = replay(hiding, {cassette.response});
    if (hiding.usage().origin != Usage::Origin::kMeasured) continue;
    ++streams;
    const std::string name = nlohmann::json::parse(cassette.request)["model"];
    StreamTracker counting(cassette.route, 1, StreamTracker::UsageChunk::kKeep,
                           &tokens::Models::builtin().find(name));
    replay(counting, {silent});
    const Usage told = hiding.usage();
    const std::uint64_t shown = *told.output - told.reasoning.value_or(0);
    EXPECT_EQ(counting.usage().output.value_or(0), shown) << cassette.name << " " << name;
  }
  EXPECT_GE(streams, 1);
}

}  // namespace
}  // namespace penstock::openai
