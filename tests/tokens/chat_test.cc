#include "tokens/chat.h"

#include <filesystem>
#include <fstream>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "json/padded.h"

namespace penstock::tokens {
namespace {

using json = nlohmann::ordered_json;  // the order of properties counts

const Model& model(std::string_view name) {
  return Models::builtin().find(name);
}

ChatCount count(const std::string& request, const Model& rule = model("gpt-4o")) {
  const std::string text = penstock::json::padded(request);
  const auto document = penstock::json::Document::parse(text);
  EXPECT_TRUE(document) << request;
  const ChatCount count = count_chat(*document, rule);
  EXPECT_LE(least_of_chat(*document, rule), count.tokens) << request;
  EXPECT_GE(most_of_chat(*document, rule), count.most) << request;
  EXPECT_GE(count.most, count.tokens) << request;
  return count;
}

std::string user(const std::string& content) {
  return R"({"messages":[{"role":"user","content":)" + content + "}]}";
}

TEST(Chat, CountsWhatOthersHaveMeasured) {
  std::ifstream file(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "tests/data/tokens/chats.jsonl");
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const json row = json::parse(line);
    EXPECT_EQ(count(row.at("request").dump(), model(row.at("model").get<std::string>())).tokens,
              row.at("tokens"))
        << line;
  }
  EXPECT_EQ(rows, 35);
}

TEST(Chat, IsExactForTextsOfAModelWithPublishedFraming) {
  const ChatCount known = count(user(R"("hello")"));
  EXPECT_EQ(known.tokens, 8u);
  EXPECT_EQ(known.most, 8u);
  EXPECT_TRUE(known.exact);
  EXPECT_TRUE(count(user(R"([{"type":"text","text":"hello"}])")).exact);

  const ChatCount unknown = count(user(R"("hello")"), model("gpt-5"));
  EXPECT_EQ(unknown.tokens, 8u);
  EXPECT_EQ(unknown.most, 9u);
  EXPECT_FALSE(unknown.exact);
}

TEST(Chat, ScalesWhereTheModelHasATokenizerOfItsOwn) {
  const ChatCount claude = count(user(R"("hello")"), model("claude-3-5-sonnet-20241022"));
  EXPECT_EQ(claude.tokens, 10u);  // 8 times 1.25
  EXPECT_EQ(claude.most, 12u);    // and a fifth
  EXPECT_FALSE(claude.exact);
}

TEST(Chat, CountsPartsLikeOneText) {
  EXPECT_EQ(
      count(user(R"([{"type":"text","text":"hello"},{"type":"text","text":" world"}])")).tokens,
      count(user(R"("hello world")")).tokens);
}

TEST(Chat, CountsToolsLikeFunctions) {
  const std::string messages = R"("messages":[{"role":"user","content":"hello"}])";
  const std::string foo = R"({"name":"foo","description":"Do a foo","parameters":{}})";
  const auto functions = count("{" + messages + R"(,"functions":[)" + foo + "]}");
  const auto tools =
      count("{" + messages + R"(,"tools":[{"type":"function","function":)" + foo + "}]}");
  EXPECT_EQ(tools.tokens, 35u);
  EXPECT_EQ(tools.tokens, functions.tokens);
  EXPECT_FALSE(tools.exact);
  EXPECT_EQ(tools.most, 39u);  // a tenth more

  const auto named = count("{" + messages + R"(,"tools":[{"type":"function","function":)" + foo +
                           R"(}],"tool_choice":{"type":"function","function":{"name":"foo"}}})");
  EXPECT_EQ(named.tokens, tools.tokens + 5);
}

TEST(Chat, CountsCallsAndTheirResults) {
  const auto calls = count(
      R"({"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
      R"("function":{"name":"foo","arguments":"{\"a\":1}"}}]},)"
      R"({"role":"tool","tool_call_id":"call_1","content":"2"}]})");
  // 3 + (3 + assistant 1 + 3 + foo 1 + {"a":1} 5) + (3 + tool 1 + 1)
  EXPECT_EQ(calls.tokens, 21u);
  EXPECT_FALSE(calls.exact);
}

TEST(Chat, CountsMembersThatAreGivenTwice) {
  const auto once = count(R"({"messages":[{"role":"user","content":"hello world"}]})");
  const auto twice =
      count(R"({"messages":[{"role":"user","content":"","content":"hello world"}]})");
  EXPECT_EQ(twice.tokens, once.tokens);
}

TEST(Chat, CountsWhatItDoesNotKnowAsText) {
  const auto plain = count(user(R"("hello")"));
  const auto more =
      count(R"({"messages":[{"role":"user","content":"hello","reasoning_content":"so it goes"}]})");
  EXPECT_EQ(more.tokens, plain.tokens + 3);
  EXPECT_FALSE(more.exact);
  EXPECT_GT(count(user(R"([{"type":"hologram","hologram":{"text":"so it goes"}}])")).tokens, 10u);
  EXPECT_GT(count(R"({"messages":[],"response_format":{"type":"json_schema","json_schema":)"
                  R"({"name":"x","schema":{"type":"object"}}}})")
                .tokens,
            10u);
}

TEST(Chat, TakesAnyShape) {
  for (
      const char* request :
      {"{}", "[]", "null", "3", R"("text")", R"({"messages":{}})",
       R"({"messages":[1,"x",null,[]]})", R"({"messages":[{}]})",
       R"({"messages":[{"role":3,"content":4,"name":{}}]})",
       R"({"messages":[{"content":[1,{"type":5},{"type":"text"},{"type":"text","text":7}]}]})",
       R"({"messages":[{"tool_calls":[1,{},{"function":3}],"function_call":"x"}]})",
       R"({"messages":[],"tools":[{}],"functions":3,"tool_choice":[],"response_format":1})",
       R"({"messages":[],"tools":[{"function":{"name":3,"parameters":{"properties":{"a":1,"b":{"type":[]}}}}}]})",
       R"({"messages":[{"content":[{"type":"image_url","image_url":3},{"type":"input_audio","input_audio":3}]}]})"}) {
    count(request);
  }
}

TEST(Chat, TakesSchemasThatAreNestedDeep) {
  std::string schema = R"({"type":"string"})";
  for (int i = 0; i < 50; ++i) schema = R"({"type":"array","items":)" + schema + "}";
  const auto counted = count(R"({"messages":[],"tools":[{"function":{"name":"f","parameters":)"
                             R"({"properties":{"a":)" +
                             schema + "}}}}]}");
  EXPECT_GT(counted.tokens, 38 * 5u);  // what is deeper than a few levels counts as it is
}

TEST(Chat, CountsSoundAndFilesByTheirBytes) {
  const std::string data(8000, 'A');  // 6,000 bytes
  const auto plain = count(user("[]"));
  const auto sound = count(
      user(R"([{"type":"input_audio","input_audio":{"format":"mp3","data":")" + data + R"("}}])"));
  EXPECT_EQ(sound.tokens, plain.tokens + 15);
  const auto file =
      count(user(R"([{"type":"file","file":{"filename":"a.pdf","file_data":")" + data + R"("}}])"));
  EXPECT_EQ(file.tokens, plain.tokens + 120);
}

TEST(Chat, CountsPicturesByTheirDetail) {
  const auto plain = count(user("[]"));
  const auto picture = [&](const std::string& members) {
    return count(user(R"([{"type":"image_url","image_url":{"url":"https://example.test/a.png")" +
                      members + "}}]"))
               .tokens -
           plain.tokens;
  };
  EXPECT_EQ(picture(R"(,"detail":"low")"), 85u);
  EXPECT_EQ(picture(""), 1445u);
}

/// Shapes that a client may send, sound or not.
std::string random_value(std::mt19937& random, int depth) {
  const auto pick = [&](std::initializer_list<const char*> from) {
    return std::string(from.begin()[random() % from.size()]);
  };
  switch (random() % (depth > 0 ? 5 : 3)) {
    case 0:
      return pick({"1", "null", "true", "\"user\"", "\"system\"", "\"function\"", "\"none\""});
    case 1:
      return pick(
          {"\"text\"", "\"string\"", "\"hello\\n\"", "\"image_url\"", "\"object\"", "\"\""});
    case 2:
      return "\"some words, \\u4e2d\\u6587 and 12345\"";
    case 3: {
      std::string list = "[";
      for (auto i = random() % 4; i > 0; --i)
        list += random_value(random, depth - 1) + (i > 1 ? "," : "");
      return list + "]";
    }
    default: {
      std::string object = "{";
      for (auto i = random() % 6; i > 0; --i) {
        object += pick({"\"role\"",        "\"content\"",    "\"name\"",          "\"type\"",
                        "\"text\"",        "\"image_url\"",  "\"url\"",           "\"tools\"",
                        "\"function\"",    "\"parameters\"", "\"properties\"",    "\"enum\"",
                        "\"items\"",       "\"anyOf\"",      "\"messages\"",      "\"required\"",
                        "\"description\"", "\"tool_calls\"", "\"function_call\"", "\"other\""}) +
                  ":" + random_value(random, depth - 1) + (i > 1 ? "," : "");
      }
      return object + "}";
    }
  }
}

TEST(ChatProperty, LiesBetweenItsBounds) {
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    const std::string messages = random_value(random, 5);
    const std::string tools = random_value(random, 5);
    // The bounds are held in count().
    count(R"({"messages":[)" + messages + R"(],"functions":[)" + tools + R"(],"tool_choice":)" +
          random_value(random, 2) + "}");
  }
}

}  // namespace
}  // namespace penstock::tokens
