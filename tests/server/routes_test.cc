#include "server/routes.h"

#include <gtest/gtest.h>

namespace penstock::server {
namespace {

http::Target target(std::string path) {
  return {std::move(path), ""};
}

struct Case {
  const char* method;
  const char* path;
  Route route;
  const char* below;
  bool wants_json;
};

class Routes : public ::testing::TestWithParam<Case> {};

TEST_P(Routes, AreFoundUnderEachBase) {
  for (const char* base : {"/v1", "/api/v1", "/openai/v1"}) {
    const auto match = match_route(GetParam().method, target(base + std::string(GetParam().path)));
    ASSERT_TRUE(match) << base << GetParam().path;
    EXPECT_EQ(match->kind, RouteMatch::Kind::kApi);
    EXPECT_EQ(match->route, GetParam().route);
    EXPECT_EQ(match->path, GetParam().below);
    EXPECT_EQ(match->wants_json, GetParam().wants_json);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Routes,
    ::testing::Values(
        Case{"POST", "/chat/completions", Route::kChatCompletions, "/chat/completions", true},
        Case{"POST", "/completions", Route::kCompletions, "/completions", true},
        Case{"POST", "/embeddings", Route::kEmbeddings, "/embeddings", true},
        Case{"POST", "/moderations", Route::kModerations, "/moderations", true},
        Case{"POST", "/responses", Route::kResponses, "/responses", true},
        Case{"GET", "/responses/resp_1", Route::kResponses, "/responses/resp_1", false},
        Case{"POST", "/images/generations", Route::kImages, "/images/generations", true},
        Case{"POST", "/images/edits", Route::kImages, "/images/edits", false},
        Case{"POST", "/audio/transcriptions", Route::kAudio, "/audio/transcriptions", false},
        Case{"POST", "/files", Route::kFiles, "/files", false},
        Case{"DELETE", "/files/file-1", Route::kFiles, "/files/file-1", false},
        Case{"POST", "/batches", Route::kBatches, "/batches", true},
        Case{"GET", "/models", Route::kModels, "/models", false},
        Case{"HEAD", "/models/org%2Fname", Route::kModels, "/models/org%2Fname", false}));

TEST(Routes, HealthIsBesideTheApi) {
  EXPECT_EQ(match_route("GET", target("/livez"))->kind, RouteMatch::Kind::kLive);
  EXPECT_EQ(match_route("HEAD", target("/readyz"))->kind, RouteMatch::Kind::kReady);
  EXPECT_EQ(match_route("POST", target("/readyz")).error().kind, ErrorKind::kMethodNotAllowed);
}

TEST(Routes, NothingElseIsFound) {
  for (const char* path : {"/", "/v1", "/v1/chat", "/v1/chat/completions/x", "/v2/chat/completions",
                           "/v1/modelsx", "/V1/models", "/chat/completions"}) {
    const auto match = match_route("POST", target(path));
    ASSERT_FALSE(match) << path;
    EXPECT_EQ(match.error().kind, ErrorKind::kNotFound) << path;
  }
}

TEST(Routes, AWrongMethodIsToldTheRightOnes) {
  const auto match = match_route("GET", target("/v1/chat/completions"));
  ASSERT_FALSE(match);
  EXPECT_EQ(match.error().kind, ErrorKind::kMethodNotAllowed);
  EXPECT_EQ(match.error().detail, "POST");
}

}  // namespace
}  // namespace penstock::server
