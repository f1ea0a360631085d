#include "bench/script.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace penstock::bench {
namespace {

using nlohmann::json;

Script script(std::string_view name) {
  return Script::parse(name).value();
}

/// The data of the events of a body.
std::vector<std::string> events_of(const Answer& answer) {
  std::vector<std::string> events;
  std::size_t begin = 0;
  for (const std::size_t end : answer.event_ends) {
    const std::string event = answer.body.substr(begin, end - begin);
    EXPECT_TRUE(event.starts_with("data: ") && event.ends_with("\n\n")) << event;
    events.push_back(event.substr(6, event.size() - 8));
    begin = end;
  }
  EXPECT_EQ(begin, answer.body.size());
  return events;
}

TEST(Script, IsReadFromItsName) {
  const Script chat = script("chat-10000");
  EXPECT_EQ(chat.kind, Script::Kind::kChat);
  EXPECT_EQ(chat.size, 10000u);
  EXPECT_EQ(chat.pace.count(), 0);
  const Script stream = script("stream-64-20ms");
  EXPECT_EQ(stream.kind, Script::Kind::kStream);
  EXPECT_EQ(stream.size, 64u);
  EXPECT_EQ(stream.pace.count(), 20);
}

TEST(Script, OfAnotherNameIsNone) {
  for (const char* name :
       {"", "chat", "chat-", "chat-599", "chat-16777217", "chat-600-", "chat-600-20", "chat-x",
        "chat-600-20msx", "chat--600", "stream-1", "stream-65537", "stream-64-60001ms", "gpt-4o",
        "chat-99999999999999999999", "Chat-600"}) {
    EXPECT_FALSE(Script::parse(name)) << name;
  }
}

TEST(Script, OfAChatHasExactlyItsSize) {
  for (const std::size_t size : {600, 601, 10000, 1048576}) {
    const Answer answer = make_answer(script("chat-" + std::to_string(size)), StreamUsage::kAbsent);
    EXPECT_EQ(answer.body.size(), size);
    EXPECT_EQ(json::parse(answer.body)["usage"]["total_tokens"], 356);
  }
}

TEST(Script, OfAStreamEndsProperlyAndKeepsOrder) {
  const auto events = events_of(make_answer(script("stream-5"), StreamUsage::kAbsent));
  ASSERT_EQ(events.size(), 6u);
  for (std::size_t index = 0; index < 5; ++index) {
    const json event = json::parse(events[index]);
    EXPECT_EQ(event["choices"][0]["delta"]["content"], " word" + std::to_string(index));
    EXPECT_EQ(event["choices"][0]["finish_reason"].is_null(), index != 4);
    EXPECT_FALSE(event.contains("usage"));
  }
  EXPECT_EQ(events.back(), "[DONE]");
}

TEST(Script, ReportsUsageBeforeTheEndOfAStreamWhereAsked) {
  const auto events = events_of(make_answer(script("stream-5"), StreamUsage::kPresent));
  ASSERT_EQ(events.size(), 7u);
  EXPECT_TRUE(json::parse(events[0]).at("usage").is_null());
  const json usage = json::parse(events[5]);
  EXPECT_TRUE(usage["choices"].empty());
  EXPECT_EQ(usage["usage"]["completion_tokens"], 5);
}

TEST(Script, IsWrittenEventByEventAndHoldsTheAnswer) {
  const Message message = make_message(script("stream-3-20ms"), StreamUsage::kPresent);
  ASSERT_EQ(message.piece_ends.size(), 3u);
  EXPECT_TRUE(message.bytes.substr(0, message.piece_ends[0]).ends_with("}\n\n\r\n"));
  EXPECT_EQ(message.piece_ends[2], message.bytes.size());
  EXPECT_TRUE(message.bytes.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"));
}

TEST(Script, IsAskedForByRequestsOfAnySize) {
  const Script chat = script("chat-600");
  for (std::size_t size = 200; size < 5000; size += 7) {
    const std::string request = make_request(chat, StreamUsage::kAbsent, size);
    ASSERT_EQ(request.size(), size);
    EXPECT_EQ(json::parse(request)["model"], "chat-600");
  }
  EXPECT_EQ(make_request(chat, StreamUsage::kAbsent, 1 << 20).size(), std::size_t{1} << 20);
}

TEST(Script, IsAskedForAsAStreamWithUsage) {
  const json request = json::parse(make_request(script("stream-64"), StreamUsage::kPresent, 1000));
  EXPECT_EQ(request["stream"], true);
  EXPECT_EQ(request["stream_options"]["include_usage"], true);
}

TEST(Script, HasAHashThatSeesTheOrder) {
  EXPECT_EQ(content_hash("a"), 0xaf63dc4c8601ec8cu);  // as published for FNV-1a
  EXPECT_NE(content_hash("ab"), content_hash("ba"));
}

}  // namespace
}  // namespace penstock::bench
