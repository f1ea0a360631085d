#include "bench/script.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace penstock::bench {
namespace {

constexpr std::size_t kMinChat = 600;
constexpr std::size_t kMaxChat = std::size_t{16} << 20;
constexpr std::size_t kMaxEvents = 65536;
constexpr std::chrono::milliseconds kMaxPace = std::chrono::minutes(1);
constexpr std::size_t kMessageText = 960;

/// Takes a number from the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Words, the same for the same size.
std::string prose(std::size_t size) {
  constexpr std::string_view kWords =
      "The water comes down from the lake through a pipe of steel, turns the wheel in the valley "
      "and goes on to the river; whoever opens the gate too fast will hear the hammer. ";
  std::string text;
  text.reserve(size + kWords.size());
  while (text.size() < size) text += kWords;
  text.resize(size);
  return text;
}

std::string chat_body(const Script& script) {
  const std::string head =
      R"({"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","object":"chat.completion",)"
      R"("created":1741570283,"model":")" +
      script.name + R"(","choices":[{"index":0,"message":{"role":"assistant","content":")";
  constexpr std::string_view kTail =
      R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":256,"completion_tokens":100,"total_tokens":356},)"
      R"("service_tier":"default","system_fingerprint":"fp_06737a9306"})";
  return head + prose(script.size - head.size() - kTail.size()) + std::string(kTail);
}

std::string event(const Script& script, std::string_view choices, std::string_view usage) {
  std::string text =
      R"(data: {"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","object":"chat.completion.chunk",)"
      R"("created":1741570283,"model":")";
  text.append(script.name);
  text += R"(","service_tier":"default","system_fingerprint":"fp_06737a9306","choices":[)";
  text.append(choices).append("]").append(usage).append("}\n\n");
  return text;
}

/// Chunk number `index`; each has a word of its own, so that their order shows.
std::string delta_event(const Script& script, std::size_t index, StreamUsage usage) {
  const bool last = index + 1 == script.size;
  std::string choice = R"({"index":0,"delta":{)";
  if (index == 0) choice += R"("role":"assistant",)";
  choice += R"("content":" word)" + std::to_string(index) + R"("},"logprobs":null,)";
  choice += last ? R"("finish_reason":"stop"})" : R"("finish_reason":null})";
  return event(script, choice, usage == StreamUsage::kPresent ? R"(,"usage":null)" : "");
}

std::vector<std::string> stream_events(const Script& script, StreamUsage usage) {
  std::vector<std::string> events;
  for (std::size_t index = 0; index < script.size; ++index) {
    events.push_back(delta_event(script, index, usage));
  }
  if (usage == StreamUsage::kPresent) {
    events.push_back(event(script, "",
                           R"(,"usage":{"prompt_tokens":256,"completion_tokens":)" +
                               std::to_string(script.size) + R"(,"total_tokens":)" +
                               std::to_string(script.size + 256) + "}"));
  }
  events.emplace_back("data: [DONE]\n\n");
  return events;
}

std::string chunk(std::string_view bytes) {
  std::array<char, 20> size{};
  const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return std::string(size.data(), static_cast<std::size_t>(length)).append(bytes).append("\r\n");
}

Message stream_message(const Script& script, StreamUsage usage) {
  Message message;
  message.bytes =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
      "Transfer-Encoding: chunked\r\nx-request-id: req_0123456789abcdef\r\n\r\n";
  for (const std::string& text : stream_events(script, usage)) {
    message.bytes += chunk(text);
    // The events behind the last chunk (usage, [DONE]) come together with it.
    if (message.piece_ends.size() < script.size) message.piece_ends.push_back(message.bytes.size());
  }
  message.bytes += "0\r\n\r\n";
  message.piece_ends.back() = message.bytes.size();
  return message;
}

}  // namespace

std::optional<Script> Script::parse(std::string_view name) {
  Script script;
  script.name = name;
  const bool chat = take(name, "chat-");
  if (!chat && !take(name, "stream-")) return std::nullopt;
  script.kind = chat ? Kind::kChat : Kind::kStream;

  const auto size = take_number(name);
  const std::size_t least = chat ? kMinChat : 2;
  if (!size || *size < least || *size > (chat ? kMaxChat : kMaxEvents)) return std::nullopt;
  script.size = *size;
  if (name.empty()) return script;

  if (!take(name, "-")) return std::nullopt;
  const auto pace = take_number(name);
  const auto longest = static_cast<std::size_t>(kMaxPace.count());
  if (!pace || *pace > longest || name != "ms") return std::nullopt;
  script.pace = std::chrono::milliseconds(*pace);
  return script;
}

Answer make_answer(const Script& script, StreamUsage usage) {
  Answer answer;
  if (script.kind == Script::Kind::kChat) {
    answer.body = chat_body(script);
    answer.event_ends = {answer.body.size()};
    return answer;
  }
  for (const std::string& text : stream_events(script, usage)) {
    answer.body += text;
    answer.event_ends.push_back(answer.body.size());
  }
  return answer;
}

Message make_message(const Script& script, StreamUsage usage) {
  if (script.kind == Script::Kind::kStream) return stream_message(script, usage);
  const std::string body = chat_body(script);
  Message message;
  message.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\nx-request-id: req_0123456789abcdef\r\n\r\n" +
                  body;
  message.piece_ends = {message.bytes.size()};
  return message;
}

std::string make_request(const Script& script, StreamUsage usage, std::size_t size) {
  const std::string head =
      R"({"model":")" + script.name + R"(","messages":[{"role":"system","content":"Be brief."})";
  std::string tail = R"(],"max_tokens":100)";
  if (script.kind == Script::Kind::kStream) tail += R"(,"stream":true)";
  if (usage == StreamUsage::kPresent) tail.append(",").append(kAsksUsage);
  tail += "}";

  std::string request = head;
  constexpr std::string_view kBefore = R"(,{"role":"user","content":")";
  constexpr std::string_view kAfter = R"("})";
  constexpr std::size_t kAround = kBefore.size() + kAfter.size();
  while (request.size() + tail.size() + kAround < size) {
    const std::size_t room = size - request.size() - tail.size() - kAround;
    // What would be left for another message must hold one, or go into this one.
    const std::size_t text = room < kMessageText + kAround + 1 ? room : kMessageText;
    request.append(kBefore).append(prose(text)).append(kAfter);
  }
  return request + tail;
}

std::uint64_t content_hash(std::string_view body) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char byte : body) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211u;
  }
  return hash;
}

}  // namespace penstock::bench
