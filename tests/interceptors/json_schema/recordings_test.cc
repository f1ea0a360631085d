#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "interceptors/json_schema/fixture.h"

namespace penstock::json_schema::test {
namespace {

std::optional<Route> route_of(const std::string& path) {
  if (path.find("/chat/completions") != std::string::npos) return Route::kChatCompletions;
  if (path.find("/completions") != std::string::npos) return Route::kCompletions;
  if (path.find("/embeddings") != std::string::npos) return Route::kEmbeddings;
  return std::nullopt;
}

// What a provider took must not be refused here.
TEST(BuiltInSchemas, TakeEveryRecordedRequestThatAProviderTook) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
  const JsonSchema interceptor = make();
  int taken = 0;
  const auto folder = std::filesystem::path(corpora) / "openai/cassettes";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(entry.path());
    const nlohmann::json recording = nlohmann::json::parse(stream);
    const auto route = route_of(recording["request"]["path"]);
    if (!route || recording["response"]["status"] != 200) continue;
    // The one Azure path names its model in the URL.
    if (entry.path().stem() == "azure-chat-basic") continue;
    expect_passed(interceptor, *route, recording["request"]["body"]);
    ++taken;
  }
  EXPECT_GE(taken, 30);
}

}  // namespace
}  // namespace penstock::json_schema::test
