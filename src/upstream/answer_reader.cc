#include "upstream/answer_reader.h"

#include <cstring>
#include <cstring>
#include <utility>

#include "runtime/loop.h"
#include "upstream/failure.h"

namespace penstock::upstream {

AnswerReader::AnswerReader(std::unique_ptr<Connection> connection, const http::Framing& framing,
                           bool keep_alive, ConnectionPool& pool, const Clock& clock)
    : connection_(std::move(connection)),
      decoder_(framing, ErrorKind::kUpstreamInvalid),
      declared_length_(framing.kind == http::Framing::Kind::kLength ? framing.length : 0),
      keep_alive_(keep_alive),
      pool_(pool),
      clock_(clock) {}

Result<std::string_view> AnswerReader::read(Deadline deadline) {
  if (broken_) return *broken_;
  if (connection_ && !connection_->received.empty()) {
    // Moved to the scratch room, so that the connection can go back to the pool at once.
    const std::span<char> scratch = runtime::Loop::current().scratch();
    std::string received = std::move(connection_->received);
    const std::size_t size = std::min(scratch.size(), received.size());
    std::memcpy(scratch.data(), received.data(), size);
    connection_->received = received.erase(0, size);
    const std::string_view data = TRY(decode(scratch.first(size)));
    if (!data.empty()) return data;
  } else {
    release_if_done();
  }
  while (!ended_) {
    const std::span<char> scratch = runtime::Loop::current().scratch();
    const auto got = connection_->stream->read(scratch, deadline);
    if (!got) return failure(got.error(), "the answer's body");
    if (*got == 0) {
      if (!decoder_.ends_with_connection()) {
        return failure({runtime::IoError::Kind::kClosed, "the connection ended"},
                       "the answer's body");
      }
      connection_.reset();
      ended_ = true;
      break;
    }
    const std::string_view data = TRY(decode(scratch.first(*got)));
    if (!data.empty()) return data;
  }
  return std::string_view{};
}

Result<std::string_view> AnswerReader::decode(std::span<char> bytes) {
  // Pieces move together in place, so that what one read brought is one text for who comes next.
  std::string_view input(bytes.data(), bytes.size());
  std::size_t kept = 0;
  while (!input.empty() && !decoder_.done()) {
    const auto step = decoder_.step(input);
    if (!step) {
      // What came before the fault is given first, however the bytes were cut.
      broken_ = step.error();
      if (kept == 0) return *broken_;
      return std::string_view(bytes.data(), kept);
    }
    if (step->consumed == 0) break;
    if (!step->data.empty() && step->data.data() != bytes.data() + kept) {
      std::memmove(bytes.data() + kept, step->data.data(), step->data.size());
    }
    kept += step->data.size();
    input.remove_prefix(step->consumed);
  }
  if (!input.empty()) keep_alive_ = false;  // bytes that belong to no answer
  release_if_done();
  return std::string_view(bytes.data(), kept);
}

void AnswerReader::release_if_done() {
  if (ended_ || !decoder_.done()) return;
  ended_ = true;
  if (keep_alive_) pool_.put(std::move(connection_), clock_.recent());
  connection_.reset();
}

}  // namespace penstock::upstream
