#pragma once

#include "penstock/body.h"

#include "upstream/answer_reader.h"

namespace penstock::upstream {

/// An answer of unknown kind (audio, files) as a body, piece by piece as it comes.
class ByteStream final : public BodySource {
 public:
  /// `idle`: the longest silence; `until`: when the total time is over.
  ByteStream(AnswerReader reader, std::chrono::milliseconds idle, MonotonicTime until,
             const Clock& clock)
      : reader_(std::move(reader)), idle_(idle), until_(until), clock_(clock) {}

  Result<std::optional<Chunk>> read(Deadline deadline) override;

 private:
  AnswerReader reader_;
  std::chrono::milliseconds idle_;
  MonotonicTime until_;
  const Clock& clock_;
};

}  // namespace penstock::upstream
