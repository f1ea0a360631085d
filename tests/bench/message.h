#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::bench {

/// The little of HTTP/1.1 (RFC 9112) that a measurement needs. It trusts the peer's grammar, but
/// not its numbers: a body that is cut short, too long or badly chunked is a fault. Own code on
/// purpose: an instrument must not share faults with what it measures.

/// The head of a request or of an answer.
struct Head {
  std::size_t size = 0;  // with the empty line
  int status = 0;        // of an answer
  std::optional<std::uint64_t> length;
  bool chunked = false;
  bool close = false;  // the connection ends with this message
};

enum class HeadState { kPartial, kWhole, kBad };
/// Reads the head at the front of `bytes`. kBad: no head of HTTP/1.1.
HeadState read_request_head(std::string_view bytes, Head& head);
HeadState read_answer_head(std::string_view bytes, Head& head);

/// Takes the body of a message out of what arrives, without copying.
class BodyReader {
 public:
  /// An answer's body; one without a length that is not chunked is a fault.
  void start(const Head& head);
  /// Takes from the front of `in` what belongs to the body and gives the next piece of content.
  /// An empty piece: all of `in` that belongs to the body was taken.
  std::string_view take(std::string_view& in);
  bool done() const noexcept { return state_ == State::kDone; }
  bool failed() const noexcept { return state_ == State::kFailed; }

 private:
  enum class State { kLength, kSize, kSizeEnd, kData, kDataEnd, kTrailer, kDone, kFailed };
  std::string_view take_content(std::string_view& in, State after);
  void take_byte(char byte);
  State after_line() const;
  void take_size_digit(char byte);

  State state_ = State::kDone;
  std::uint64_t left_ = 0;      // bytes of content, or the chunk size that is being read
  std::size_t line_bytes_ = 0;  // of the present line of the chunked coding
};

}  // namespace penstock::bench
