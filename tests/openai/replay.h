#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "http/sse_reader.h"
#include "openai/stream_tracker.h"

namespace penstock::openai {

/// What the client gets of one event.
inline void relay(StreamTracker& tracker, const http::SseEvent& event, std::string& client) {
  const auto [drop, cut] = tracker.see(event);
  if (drop) return;
  client.append(event.raw.substr(0, cut.at));
  client.append(event.raw.substr(cut.at + cut.size));
}

/// Reads a stream that arrives in the given pieces; gives what the client gets.
inline std::string replay(StreamTracker& tracker, const std::vector<std::string>& pieces) {
  http::SseReader reader;
  std::string client;
  for (const std::string& piece : pieces) {
    EXPECT_TRUE(reader.feed(piece));
    while (const auto event = reader.next()) relay(tracker, *event, client);
  }
  if (const auto event = reader.rest()) relay(tracker, *event, client);
  return client;
}

/// The text cut into pieces of that many bytes.
inline std::vector<std::string> pieces_of(std::string_view text, std::size_t size) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < text.size(); at += size) pieces.emplace_back(text.substr(at, size));
  return pieces;
}

/// An event of one data line.
inline std::string event_of(std::string_view json) {
  return "data: " + std::string(json) + "\n\n";
}

/// A chat chunk with these choices, and with what else is given behind them.
inline std::string chunk(std::string_view choices, std::string_view more = {}) {
  return event_of(R"({"id":"c","object":"chat.completion.chunk","choices":[)" +
                  std::string(choices) + "]" + std::string(more) + "}");
}

inline std::string delta(std::string_view members, std::string_view finish_reason = "null") {
  return R"({"index":0,"delta":{)" + std::string(members) + R"(},"finish_reason":)" +
         std::string(finish_reason) + "}";
}

/// Usage in short, as "measured 3/4", "estimated -/2", "unknown -/-", "measured 3(2)/4(1)" with
/// cached tokens and those of reasoning.
inline std::string in_short(const Usage& usage) {
  const auto number = [](const auto& count) { return count ? std::to_string(*count) : "-"; };
  const auto part = [](const auto& count) {
    return count ? "(" + std::to_string(*count) + ")" : std::string();
  };
  const char* names[] = {"unknown ", "measured ", "estimated "};
  return names[static_cast<int>(usage.origin)] + number(usage.input) + part(usage.cached) + "/" +
         number(usage.output) + part(usage.reasoning);
}

}  // namespace penstock::openai
