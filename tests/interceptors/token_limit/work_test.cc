#include "interceptors/token_limit/work.h"

#include <gtest/gtest.h>

namespace penstock::token_limit::test {
namespace {

struct Case {
  Route route;
  const char* method;
  const char* path;
  Work work;
};

class WorkOf : public testing::TestWithParam<Case> {};

TEST_P(WorkOf, IsTheCreationOfAnswersAlone) {
  Request request;
  request.route = GetParam().route;
  request.method = GetParam().method;
  request.path = GetParam().path;
  EXPECT_EQ(work_of(request), GetParam().work) << request.path;
}

INSTANTIATE_TEST_SUITE_P(
    Table, WorkOf,
    testing::Values(Case{Route::kChatCompletions, "POST", "/chat/completions", Work::kTokens},
                    Case{Route::kChatCompletions, "POST", "/chat/completions/", Work::kTokens},
                    Case{Route::kChatCompletions, "GET", "/chat/completions", Work::kNone},
                    Case{Route::kChatCompletions, "POST", "/chat/completions/chatcmpl-1",
                         Work::kNone},
                    Case{Route::kCompletions, "POST", "/completions", Work::kTokens},
                    Case{Route::kEmbeddings, "POST", "/embeddings", Work::kTokens},
                    Case{Route::kResponses, "POST", "/responses", Work::kTokens},
                    Case{Route::kResponses, "POST", "/responses/compact", Work::kTokens},
                    Case{Route::kResponses, "POST", "/responses/resp_1/cancel", Work::kNone},
                    Case{Route::kResponses, "POST", "/responses/input_tokens", Work::kNone},
                    Case{Route::kResponses, "GET", "/responses/resp_1", Work::kNone},
                    Case{Route::kResponses, "DELETE", "/responses/resp_1", Work::kNone},
                    Case{Route::kModerations, "POST", "/moderations", Work::kRequest},
                    Case{Route::kImages, "POST", "/images/generations", Work::kRequest},
                    Case{Route::kAudio, "POST", "/audio/speech", Work::kRequest},
                    Case{Route::kFiles, "POST", "/files", Work::kNone},
                    Case{Route::kBatches, "POST", "/batches", Work::kNone},
                    Case{Route::kModels, "GET", "/models", Work::kNone}));

}  // namespace
}  // namespace penstock::token_limit::test
