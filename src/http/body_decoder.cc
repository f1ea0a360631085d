#include "http/body_decoder.h"

#include <algorithm>

#include "penstock/headers.h"

#include "http/ascii.h"
#include "http/protocol_error.h"

namespace penstock::http {

namespace {

constexpr std::size_t kMaxSizeDigits = 16;
constexpr std::size_t kMaxExtensionBytes = 256;
constexpr std::size_t kMaxAllExtensionBytes = 16 * 1024;
constexpr std::size_t kMaxTrailerBytes = 64 * 1024;
constexpr std::size_t kMaxTrailerFields = 100;
constexpr std::uint64_t kFramingAllowance = 1024 * 1024;
constexpr std::uint64_t kMinAverageChunk = 16;

bool is_token_byte(char c) noexcept {
  return is_token(std::string_view(&c, 1));
}
bool is_value_byte(char c) noexcept {
  return is_field_value(std::string_view(&c, 1));
}

}  // namespace

BodyDecoder::BodyDecoder(const Framing& framing, ErrorKind on_error)
    : framing_(framing), on_error_(on_error), remaining_(framing.length) {}

bool BodyDecoder::done() const noexcept {
  switch (framing_.kind) {
    case Framing::Kind::kNone:
      return true;
    case Framing::Kind::kLength:
      return remaining_ == 0;
    case Framing::Kind::kChunked:
      return state_ == State::kDone;
    case Framing::Kind::kUntilClose:
      return false;
  }
  return true;
}

Result<BodyDecoder::Step> BodyDecoder::step(std::string_view input) {
  if (done()) return Step{};
  if (framing_.kind == Framing::Kind::kUntilClose) return Step{input.size(), input};
  if (framing_.kind == Framing::Kind::kChunked) return chunked_step(input);
  const auto data = take_data(input);
  return Step{data.size(), data};
}

std::string_view BodyDecoder::take_data(std::string_view input) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
  remaining_ -= size;
  return input.substr(0, size);
}

Result<BodyDecoder::Step> BodyDecoder::chunked_step(std::string_view input) {
  std::size_t at = 0;
  for (; at < input.size() && state_ != State::kDone; ++at) {
    if (state_ == State::kData) {
      const auto data = take_data(input.substr(at));
      chunk_data_bytes_ += data.size();
      if (remaining_ == 0) state_ = State::kDataReturn;
      return Step{at + data.size(), data};
    }
    const char* const fault = framing_byte(input[at]);
    if (fault != nullptr) return internal::protocol_error(on_error_, fault);
  }
  return Step{at, {}};
}

const char* BodyDecoder::framing_byte(char c) {
  ++framing_bytes_;
  switch (state_) {
    case State::kSizeStart:
    case State::kSize:
      return size_byte(c);
    case State::kExtensionName:
    case State::kExtensionValue:
    case State::kExtensionQuoted:
    case State::kExtensionEscape:
    case State::kExtensionEnd:
      return extension_byte(c);
    case State::kSizeLineFeed:
      return c == '\n' ? start_chunk() : "a chunk size line ends with CR";
    case State::kDataReturn:
      return expect(c, '\r', State::kDataLineFeed);
    case State::kDataLineFeed:
      return expect(c, '\n', State::kSizeStart);
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLineFeed:
      return trailer_byte(c);
    case State::kLastLineFeed:
      return expect(c, '\n', State::kDone);
    case State::kData:
    case State::kDone:
      break;
  }
  return nullptr;
}

const char* BodyDecoder::expect(char c, char expected, State then) {
  if (c != expected) return "chunk data or the last chunk is not followed by CRLF";
  state_ = then;
  return nullptr;
}

const char* BodyDecoder::size_byte(char c) {
  if (state_ == State::kSizeStart) {
    size_digits_ = 0;
    extension_bytes_ = 0;
    remaining_ = 0;
  }
  const int digit = internal::hex_value(c);
  if (digit >= 0) {
    if (++size_digits_ > kMaxSizeDigits) return "a chunk size has more than 16 digits";
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
    state_ = State::kSize;
    return nullptr;
  }
  if (size_digits_ == 0 || (c != ';' && c != '\r')) return "a chunk size is not hexadecimal";
  return extension_byte(c);
}

const char* BodyDecoder::extension_byte(char c) {
  if (c != '\r') {
    if (++extension_bytes_ > kMaxExtensionBytes) return "a chunk extension is too long";
    if (++all_extension_bytes_ > kMaxAllExtensionBytes) return "too many chunk extensions";
  }
  switch (state_) {
    case State::kExtensionQuoted:
      if (!is_value_byte(c)) return "a chunk extension holds a control byte";
      if (c == '"') state_ = State::kExtensionEnd;
      if (c == '\\') state_ = State::kExtensionEscape;
      return nullptr;
    case State::kExtensionEscape:
      if (!is_value_byte(c)) return "a chunk extension holds a control byte";
      state_ = State::kExtensionQuoted;
      return nullptr;
    case State::kSize:
    case State::kExtensionEnd:
      break;
    default:
      if (is_token_byte(c)) {
        ++part_bytes_;
        return nullptr;
      }
      if (c == '"' && state_ == State::kExtensionValue && part_bytes_ == 0) {
        state_ = State::kExtensionQuoted;
        return nullptr;
      }
      if (part_bytes_ == 0) return "a chunk extension is empty or not a token";
  }
  return extension_grammar(c);
}

/// The byte behind a chunk size, a whole name or a whole value (RFC 9112 section 7.1.1).
const char* BodyDecoder::extension_grammar(char c) {
  const bool after_name = state_ == State::kExtensionName;
  part_bytes_ = 0;
  if (c == '\r') {
    state_ = State::kSizeLineFeed;
  } else if (c == ';') {
    state_ = State::kExtensionName;
  } else if (c == '=' && after_name) {
    state_ = State::kExtensionValue;
  } else {
    return "a chunk extension is not `;name=value`";
  }
  return nullptr;
}

const char* BodyDecoder::start_chunk() {
  if (remaining_ == 0) {
    state_ = State::kTrailerStart;
    return nullptr;
  }
  const bool crumbs = chunk_data_bytes_ < kMinAverageChunk * chunks_;
  if (framing_bytes_ >= kFramingAllowance && crumbs) return "the chunks are too small";
  ++chunks_;
  state_ = State::kData;
  return nullptr;
}

const char* BodyDecoder::trailer_byte(char c) {
  if (++trailer_bytes_ > kMaxTrailerBytes) return "the trailer section is too large";
  switch (state_) {
    case State::kTrailerStart:
      if (c == '\r') {
        state_ = State::kLastLineFeed;
        return nullptr;
      }
      if (++trailer_fields_ > kMaxTrailerFields) return "the trailer section has too many fields";
      if (!is_token_byte(c)) return "a trailer line does not start with a field name";
      state_ = State::kTrailerName;
      return nullptr;
    case State::kTrailerName:
      if (c == ':') {
        state_ = State::kTrailerValue;
        return nullptr;
      }
      return is_token_byte(c) ? nullptr : "a trailer field name holds a byte not allowed there";
    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLineFeed;
        return nullptr;
      }
      return is_value_byte(c) ? nullptr : "a trailer field value holds a control byte";
    default:
      return expect(c, '\n', State::kTrailerStart);
  }
}

}  // namespace penstock::http
