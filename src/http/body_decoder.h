#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "penstock/result.h"

#include "http/framing.h"

namespace penstock::http {

/// Takes the framing off a body, piece by piece, without copying: chunked (RFC 9112 section 7.1),
/// counted, or until close. Chunk extensions are skipped (256 bytes a chunk, 16 KiB in all),
/// trailers are checked like fields (64 KiB, 100) and dropped. Bodies cut into absurdly many chunks
/// (on average under 16 bytes, once 1 MiB of framing was seen) are refused.
///
/// The outcome does not depend on how the bytes were cut. No I/O.
class BodyDecoder {
 public:
  /// `on_error` is the kind of its errors: kMalformedHttp for requests, kUpstreamInvalid for
  /// answers.
  BodyDecoder(const Framing& framing, ErrorKind on_error);

  struct Step {
    std::size_t consumed = 0;  // bytes taken from the front of the input, framing included
    std::string_view data;     // the body bytes among them: a view into the input
  };
  /// One step over the front of `input`; call it again with the rest until it consumes nothing or
  /// done() holds. Never takes bytes that follow the body.
  Result<Step> step(std::string_view input);

  /// The last byte of the body was taken. Never true for kUntilClose.
  bool done() const noexcept;
  /// True when the end of the connection now is the proper end of the body (kUntilClose).
  bool ends_with_connection() const noexcept { return framing_.kind == Framing::Kind::kUntilClose; }

 private:
  enum class State {
    kSizeStart,
    kSize,
    kExtensionName,
    kExtensionValue,
    kExtensionQuoted,
    kExtensionEscape,
    kExtensionEnd,
    kSizeLineFeed,
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLineFeed,
    kLastLineFeed,
    kDone,
  };

  Result<Step> chunked_step(std::string_view input);
  std::string_view take_data(std::string_view input);
  // What is wrong with the next byte of the framing; nullptr: nothing, it was taken.
  const char* framing_byte(char c);
  const char* size_byte(char c);
  const char* extension_byte(char c);
  const char* extension_grammar(char c);
  const char* start_chunk();
  const char* trailer_byte(char c);
  const char* expect(char c, char expected, State then);

  Framing framing_;
  ErrorKind on_error_;
  State state_ = State::kSizeStart;
  std::uint64_t remaining_ = 0;  // data bytes still to come, of the body or of this chunk
  std::uint64_t chunks_ = 0;
  std::uint64_t chunk_data_bytes_ = 0;
  std::uint64_t framing_bytes_ = 0;
  std::size_t size_digits_ = 0;
  std::size_t part_bytes_ = 0;       // of this name or value of an extension
  std::size_t extension_bytes_ = 0;  // of this chunk
  std::size_t all_extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_fields_ = 0;
};

}  // namespace penstock::http
