#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::bench {

/// What one exchange looks like. The load generator asks for it by name, as the model of its
/// request, so the name passes every gateway; the scripted upstream makes the answer out of the
/// name, and the load generator knows from the same name what has to arrive.
///
///   chat-SIZE              a chat completion of SIZE bytes
///   stream-EVENTS          an event stream of that many chunks, written at once
///   chat-SIZE-10ms         the answer comes that late
///   stream-EVENTS-20ms     the first chunk comes at once, the others at that pace
struct Script {
  enum class Kind { kChat, kStream };
  Kind kind = Kind::kChat;
  std::size_t size = 0;  // bytes of the body, or events
  std::chrono::milliseconds pace{0};
  std::string name;

  /// nullopt: not a name of the forms above, or a size out of [600, 16 MiB], events out of
  /// [2, 65536], a pace over a minute.
  static std::optional<Script> parse(std::string_view name);
};

/// Whether a stream reports what it used, as `stream_options.include_usage` asks: then it has a
/// further event, and every other chunk says `"usage":null`.
enum class StreamUsage { kAbsent, kPresent };

/// A body, and where each of its events ends; a body that is no stream is one event.
struct Answer {
  std::string body;
  std::vector<std::size_t> event_ends;
};
Answer make_answer(const Script& script, StreamUsage usage);

/// The same as a message of HTTP/1.1. An event is one chunk of the chunked coding.
struct Message {
  std::string bytes;
  std::vector<std::size_t> piece_ends;  // what is written at each step of the pace
};
Message make_message(const Script& script, StreamUsage usage);

/// A request for the script: a chat of messages of about 1 KB, `size` bytes in all but never less
/// than it needs. The same arguments give the same bytes.
std::string make_request(const Script& script, StreamUsage usage, std::size_t size);

/// What a gateway may add to a request for a stream, to learn the usage.
inline constexpr std::string_view kAsksUsage = R"("stream_options":{"include_usage":true})";

/// FNV-1a, 64 bits. For reports: two bodies with the same number are the same.
std::uint64_t content_hash(std::string_view body);

}  // namespace penstock::bench
