#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/clock.h"
#include "penstock/result.h"
#include "penstock/unique_function.h"

namespace penstock {

/// Tokens that an exchange used.
struct Usage {
  enum class Origin {
    kUnknown,   // nothing is known
    kMeasured,  // the provider said so
    kCounted,   // the provider fell silent: what was seen on the way was counted
  };
  Origin origin = Origin::kUnknown;
  std::optional<std::uint64_t> input;        // cached ones included
  std::optional<std::uint64_t> output;       // reasoning included
  std::optional<std::uint64_t> cached{};     // of the input: read from the provider's cache
  std::optional<std::uint64_t> reasoning{};  // of the output: not shown to the client
};

/// How an exchange ended.
enum class Ending {
  kComplete,        // the whole answer was handed to the client's connection
  kClientGone,      // the client left before the end
  kUpstreamFailed,  // the upstream broke off, stalled or spoke nonsense in the middle of the body
  kAbandoned,       // the answer was dropped unread, by an interceptor or by a drain
};

/// The name used in logs and metrics: complete, client_gone, upstream_failed, abandoned.
const char* to_string(Ending ending) noexcept;

struct Outcome {
  Ending ending = Ending::kAbandoned;
  int status = 0;  // what the client was told, where that is not the response's own; else 0
  Usage usage;
  std::uint64_t bytes_out = 0;              // body bytes handed to the client's connection
  std::optional<MonotonicTime> first_byte;  // when the first byte went out
  std::string error;                        // for the log: why it did not end well; else empty
};

/// A piece of a body. For an event stream it holds one or more whole events (or comments), for
/// other bodies any cut. `bytes` belongs to the source and is valid until its next read, or until
/// the fiber suspends: sources read into a room that all fibers of the event loop share. Who
/// suspends with a chunk in hand copies it first.
struct Chunk {
  std::string_view bytes;
};

/// A body that arrives over time: upstream stream, replay, test script. Used by one fiber.
/// Destroyed early means: stop reading and close what is behind it.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The next piece; nullopt is the clean end. May suspend. After an error or the end it is not
  /// called again.
  virtual Result<std::optional<Chunk>> read(Deadline deadline) = 0;
  /// What is known of the usage by now.
  virtual Usage usage() const { return {}; }
};

/// The body of a response: a whole text, or a source that is pulled. Interceptors may watch its
/// chunks and hear of its end; who does neither pays nothing. Move-only; used by one fiber.
///
/// Exactly once, in reverse order of registration, the functions given to `on_finish` run: when
/// `finish` is called, or with Ending::kAbandoned when the body is dropped without it.
class Body {
 public:
  Body() = default;
  explicit Body(std::string whole, Usage usage = {});
  explicit Body(std::unique_ptr<BodySource> source);
  Body(Body&& other) noexcept;
  Body& operator=(Body&& other) noexcept;
  ~Body();

  bool is_stream() const noexcept { return source_ != nullptr; }
  /// The text of a body that is no stream.
  const std::string& whole() const noexcept { return whole_; }

  /// What is known of the usage by now; nothing any more once it was finished.
  Usage usage() const { return source_ ? source_->usage() : usage_; }

  /// `fn` sees every chunk before the client does, in the order of registration; the whole text of
  /// a body that is no stream is one chunk. An error from `fn` ends the body with it. It must not
  /// suspend unless chunks are kept.
  void each(UniqueFunction<Result<void>(const Chunk&)> fn);
  /// From now on each chunk is copied before it is shown, so that who watches may suspend.
  void keep_chunks() noexcept { keeps_chunks_ = true; }
  /// `fn` hears how the exchange ended. It must not suspend. What it throws for want of memory is
  /// dropped: the others still hear.
  void on_finish(UniqueFunction<void(const Outcome&)> fn);

  /// The next piece for the client, shown to the watchers first. May suspend. Read again, the end
  /// stays the end; after an error the source is not touched any more.
  Result<std::optional<Chunk>> read(Deadline deadline);
  /// Ends the body: closes the source, then tells the outcome to everybody who asked. The usage of
  /// the source is filled in. A second call does nothing.
  void finish(Outcome outcome) noexcept;

 private:
  enum class Reading { kOpen, kEnded, kFailed };
  Result<std::optional<Chunk>> pull(Deadline deadline);
  Result<void> show(Chunk& chunk);

  std::string whole_;  // of a stream, the last chunk where they are kept
  Usage usage_;        // of a whole body
  std::unique_ptr<BodySource> source_;
  std::vector<UniqueFunction<Result<void>(const Chunk&)>> watchers_;
  std::vector<UniqueFunction<void(const Outcome&)>> finishers_;
  Reading reading_ = Reading::kOpen;
  bool finished_ = false;
  bool keeps_chunks_ = false;
};

}  // namespace penstock
