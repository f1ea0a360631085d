#include "tokens/request_count.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "json/padded.h"

namespace penstock::tokens {
namespace {

using json = nlohmann::ordered_json;

const Model& model(std::string_view name) {
  return Models::builtin().find(name);
}

ChatCount count(Route route, const std::string& request,
                const Model& rule = model("text-embedding-3-small")) {
  const std::string text = penstock::json::padded(request);
  const auto document = penstock::json::Document::parse(text);
  EXPECT_TRUE(document) << request;
  const ChatCount count = count_request(route, *document, rule);
  EXPECT_LE(least_of_request(route, *document, rule), count.tokens) << request;
  EXPECT_GE(most_of_request(route, *document, rule), count.most) << request;
  EXPECT_GE(count.most, count.tokens) << request;
  return count;
}

std::uint64_t tokens_of(std::string_view text) {
  return model("gpt-4o").encoding->count(text);
}

constexpr auto kAllRoutes = {Route::kChatCompletions, Route::kCompletions, Route::kEmbeddings,
                             Route::kResponses,       Route::kModerations, Route::kImages,
                             Route::kAudio,           Route::kFiles,       Route::kBatches,
                             Route::kModels};

TEST(RequestCount, OfAChatIsThatOfChats) {
  const ChatCount chat =
      count(Route::kChatCompletions, R"({"messages":[{"role":"user","content":"hello"}]})",
            model("gpt-4o"));
  EXPECT_EQ(chat.tokens, 8u);
  EXPECT_TRUE(chat.exact);
}

TEST(RequestCount, OfTextsIsExact) {
  for (const auto& [route, key] :
       {std::pair(Route::kEmbeddings, "input"), std::pair(Route::kModerations, "input"),
        std::pair(Route::kCompletions, "prompt")}) {
    const auto of = [&](const json& value) { return count(route, json{{key, value}}.dump()); };
    EXPECT_EQ(of("hello world").tokens, 2u);
    EXPECT_EQ(of({"hello world", "", "today\n  \n"}).tokens, 4u);
    EXPECT_EQ(of({1, 2, 3, 99999}).tokens, 4u);
    EXPECT_EQ(of({{1, 2, 3}, {4}, json::array()}).tokens, 4u);
    EXPECT_EQ(of("").tokens, 0u);
    for (const json& value : {json("hello world"), json({"a", "b"}), json({1, 2}), json({{1}})}) {
      EXPECT_TRUE(of(value).exact);
      EXPECT_EQ(of(value).most, of(value).tokens);
    }
  }
  EXPECT_EQ(count(Route::kCompletions, R"({"prompt":"hello","suffix":" world"})").tokens, 2u);
}

TEST(RequestCount, OfTextsIsAnEstimateWhereTheTokenizerIsNotKnown) {
  const ChatCount counted =
      count(Route::kEmbeddings, R"({"input":"hello world"})", model("mistral-embed"));
  EXPECT_EQ(counted.tokens, 3u);  // 2 times 1.15
  EXPECT_EQ(counted.most, 4u);
  EXPECT_FALSE(counted.exact);
}

TEST(RequestCount, OfInputsThatAreNoTextsIsAnEstimate) {
  const ChatCount counted =
      count(Route::kModerations, R"({"input":[{"type":"text","text":"hello"},"world"]})");
  EXPECT_GT(counted.tokens, 5u);
  EXPECT_FALSE(counted.exact);
}

TEST(RequestCount, OfAResponseWithATextIsThatOfAChat) {
  const ChatCount text = count(Route::kResponses, R"({"input":"hello"})", model("gpt-4o"));
  EXPECT_EQ(text.tokens, 8u);
  EXPECT_EQ(text.most, 9u);
  EXPECT_FALSE(text.exact);
  const char* items[] = {
      R"({"input":[{"role":"user","content":"hello"}]})",
      R"({"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hello"}]}]})"};
  for (const char* request : items) {
    EXPECT_EQ(count(Route::kResponses, request, model("gpt-4o")).tokens, 8u) << request;
  }
  EXPECT_EQ(
      count(Route::kResponses, R"({"instructions":"hello world","input":"hello"})", model("gpt-4o"))
          .tokens,
      8u + 3 + 1 + 2);
}

TEST(RequestCount, OfAResponseHasTheItemsOfItsHistory) {
  const auto of = [](const json& item) {
    return count(Route::kResponses, json{{"input", {item}}}.dump(), model("gpt-4o")).tokens;
  };
  const std::string arguments = R"({"city":"Reykjavik"})";
  EXPECT_EQ(of({{"type", "function_call"},
                {"call_id", "call_1"},
                {"name", "get_weather"},
                {"arguments", arguments}}),
            3 + 3 + tokens_of("get_weather") + tokens_of(arguments));
  EXPECT_EQ(of({{"type", "function_call_output"}, {"call_id", "call_1"}, {"output", "rain"}}),
            3 + 3 + tokens_of("rain"));
  EXPECT_EQ(of({{"type", "reasoning"},
                {"id", "rs_1"},
                {"summary", {{{"type", "summary_text"}, {"text", "so it goes"}}}},
                {"encrypted_content", std::string(4000, 'A')}}),
            3 + 3 + tokens_of("so it goes") + 750);
  EXPECT_EQ(of({{"role", "user"}, {"content", {{{"type", "input_image"}, {"detail", "low"}}}}}),
            3 + 3 + 1 + 85u);
  EXPECT_EQ(of({{"role", "user"},
                {"content", {{{"type", "input_file"}, {"file_data", std::string(4000, 'A')}}}}}),
            3 + 3 + 1 + 60u);
}

TEST(RequestCount, OfAResponseHasToolsAndTheSchemaOfItsAnswer) {
  const json function{{"name", "foo"}, {"description", "Do a foo"}, {"parameters", json::object()}};
  json flat = function;
  flat["type"] = "function";
  const json nested{{"type", "function"}, {"function", function}};
  const std::uint64_t chat =
      count(Route::kChatCompletions,
            json{{"messages", {{{"role", "user"}, {"content", "hello"}}}}, {"tools", {nested}}}
                .dump(),
            model("gpt-4o"))
          .tokens;
  const auto of = [](const json& more) {
    json request{{"input", "hello"}};
    request.update(more);
    return count(Route::kResponses, request.dump(), model("gpt-4o")).tokens;
  };
  EXPECT_EQ(of({{"tools", {flat}}}), chat);
  EXPECT_GT(of({{"tools", {{{"type", "custom"}, {"format", std::string(800, 'x')}}}}}), 100u);
  EXPECT_GT(of({{"text", {{"format", {{"type", "json_schema"}, {"schema", function}}}}}}), 20u);
  EXPECT_GT(of({{"prompt", {{"id", "p"}, {"variables", {{"city", "Reykjavik"}}}}}}), 10u);
}

TEST(RequestCount, OfAChatHasToolsOfEveryKind) {
  const std::string request = R"({"messages":[],"tools":[{"type":"custom","custom":{"name":"x",)"
                              R"("format":{"definition":")" +
                              std::string(800, 'x') + R"("}}}]})";
  EXPECT_GT(count(Route::kChatCompletions, request, model("gpt-4o")).tokens, 100u);
}

TEST(RequestCount, OfAnotherRouteGoesByItsBytes) {
  const std::string body = R"({"model":"m","prompt":")" + std::string(376, 'a') + R"("})";
  ASSERT_EQ(body.size(), 401u);
  for (const Route route :
       {Route::kImages, Route::kAudio, Route::kFiles, Route::kBatches, Route::kModels}) {
    const ChatCount counted = count(route, body, model("gpt-4o"));
    EXPECT_EQ(counted.tokens, 101u);
    EXPECT_EQ(counted.most, 401u);
    EXPECT_FALSE(counted.exact);
  }
}

TEST(RequestCount, TakesAnyShape) {
  for (const char* request :
       {"{}", "[]", "null", "3", R"("text")", R"({"input":{}})", R"({"input":[1,"x",null,[],{}]})",
        R"({"input":[[[[]]],[{"a":1}]]})", R"({"prompt":3})", R"({"prompt":[[],[""],[null,true]]})",
        R"({"input":[{"type":7,"content":3},{"content":[1,{"type":5},{"text":[]}]}]})",
        R"({"input":[{"type":"function_call","name":{},"arguments":[1]}],"tools":[1,{},[]]})",
        R"({"instructions":[1,{"content":{}}],"text":3,"prompt":[],"tool_choice":{"name":4}})",
        R"({"input":[{"content":[{"type":"input_audio","input_audio":3}],"summary":[3,{}]}]})"}) {
    for (const Route route : kAllRoutes) count(route, request, model("gpt-4o"));
  }
}

TEST(RequestCount, CountsMembersOfItemsThatAreGivenTwice) {
  const auto once = count(Route::kResponses, R"({"input":[{"content":"hello world"}]})");
  const auto twice =
      count(Route::kResponses, R"({"input":[{"content":"","content":"hello world"}]})");
  EXPECT_EQ(twice.tokens, once.tokens);
}

/// Recorded exchanges with a real provider, where the corpora are at hand.
TEST(RequestCount, IsWhatAProviderHasCharged) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
  int exact = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(corpora) / "openai/cassettes")) {
    std::ifstream file(entry.path());
    const auto row = nlohmann::json::parse(file);
    const auto answer =
        nlohmann::json::parse(row["response"]["body"].get<std::string>(), nullptr, false);
    if (row["response"]["status"] != 200 || !answer.is_object() || !answer.contains("usage")) {
      continue;
    }
    const std::string path = row["request"]["path"];
    const Route route = path.ends_with("/chat/completions") ? Route::kChatCompletions
                        : path.ends_with("/completions")    ? Route::kCompletions
                                                            : Route::kEmbeddings;
    const std::string request = row["request"]["body"];
    if (!request.starts_with('{')) continue;  // a form
    const std::string name = nlohmann::json::parse(request)["model"];
    const ChatCount counted = count(route, request, model(name));
    const std::uint64_t charged = answer["usage"]["prompt_tokens"];
    if (!counted.exact) continue;
    ++exact;
    EXPECT_EQ(counted.tokens, charged) << row["name"] << " " << name;
  }
  EXPECT_GE(exact, 14);
}

}  // namespace
}  // namespace penstock::tokens
