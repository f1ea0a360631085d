#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "penstock/body.h"
#include "penstock/exchange.h"

#include "upstream/demo_request.h"

namespace penstock::upstream {

/// A chat answer of the demo, made before its first byte is sent. All choices are alike.
struct DemoChat {
  std::string id;
  std::int64_t created = 0;  // unix seconds
  std::string model;
  std::vector<std::string> pieces;  // of the text, or of the tool's arguments; one is one token
  std::optional<std::string> tool;  // the function called instead of a text
  std::string finish_reason;
  std::uint32_t choices = 1;
  std::uint64_t input_tokens = 0;
  bool include_usage = false;  // of a stream
};

/// What the demo says to a question: text, cut at a stop sequence, then at the cap.
DemoChat answer_demo_question(const DemoQuestion& question, const RequestFacts& facts);

/// What the whole answer uses.
Usage usage_of(const DemoChat& chat);
/// The body of an answer that is no stream: an object "chat.completion".
std::string demo_completion(const DemoChat& chat);

/// The answer as an event stream: for each choice a chunk with the role, one for each piece and one
/// with the finish reason, then the usage where it was asked for, then [DONE]. Choices take turns.
class DemoStream final : public BodySource {
 public:
  enum class End { kProper, kCutInTheMiddle };
  /// `clock` outlives this. `pace`: the time before each piece.
  DemoStream(DemoChat chat, End end, std::chrono::milliseconds pace, const Clock& clock);

  /// Suspends for the pace. Errors: kCancelled; kUpstreamTimeout when the deadline comes first;
  /// kUpstreamUnreachable at the cut.
  Result<std::optional<Chunk>> read(Deadline deadline) override;
  Usage usage() const override;

 private:
  void write_role();
  void write_piece(const std::string& piece);
  void write_end();

  DemoChat chat_;
  End end_;
  std::chrono::milliseconds pace_;
  const Clock& clock_;
  std::size_t step_ = 0;   // 0: the role, then the pieces, then the end
  std::size_t given_ = 0;  // pieces sent
  std::string bytes_;      // of the last chunk
};

/// Lets the pace go by. Suspends. Errors: as DemoStream::read.
Result<void> wait_a_pace(std::chrono::milliseconds pace, Deadline deadline, const Clock& clock);

/// The connection "broke" before the answer was whole.
Error demo_connection_broke();

}  // namespace penstock::upstream
