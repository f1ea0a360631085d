// Taking the framing off a body. The outcome depends on no cut; a reader by the book gives the same
// data for every chunked body that we accept; what we cut into chunks comes out again.

#include <charconv>
#include <optional>
#include <string>

#include "fuzz/input.h"
#include "fuzz/require.h"
#include "http/body_decoder.h"
#include "http/message_writer.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

struct Decoded {
  std::string data;
  std::size_t consumed = 0;
  bool done = false;
  std::string error;
};

/// Feeds one piece to its end; false: nothing more is to be fed.
bool feed(http::BodyDecoder& decoder, std::string_view piece, Decoded& decoded) {
  const ExactCopy copy(piece);
  auto rest = copy.text();
  while (!rest.empty() && !decoder.done()) {
    const auto step = decoder.step(rest);
    if (!step) {
      decoded.error = step.error().public_message;
      decoded.consumed = 0;  // of no meaning now
      return false;
    }
    require(step->consumed > 0 && step->consumed <= rest.size(), "a step takes some of its input");
    require(step->data.size() <= step->consumed, "a step gives no more than it took");
    decoded.data.append(step->data);
    decoded.consumed += step->consumed;
    rest.remove_prefix(step->consumed);
  }
  return !decoder.done();
}

Decoded decode(const http::Framing& framing, const Pieces& pieces) {
  http::BodyDecoder decoder(framing, ErrorKind::kMalformedHttp);
  Decoded decoded;
  for (const auto piece : pieces) {
    if (!feed(decoder, piece, decoded)) break;
  }
  decoded.done = decoder.done();
  return decoded;
}

void require_same(const Decoded& found, const Decoded& wanted, std::string_view property) {
  require_equal(found.error, wanted.error, property);
  require_equal(found.data, wanted.data, property);
  require(found.consumed == wanted.consumed && found.done == wanted.done, property);
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

/// RFC 9112 section 7.1.3, with no other check than that there are bytes.
std::optional<Decoded> decode_by_the_book(std::string_view text) {
  Decoded decoded;
  const std::size_t size = text.size();
  while (true) {
    const auto line = take_line(text);
    std::size_t chunk = 0;
    if (!line ||
        std::from_chars(line->data(), line->data() + line->size(), chunk, 16).ec != std::errc()) {
      return std::nullopt;
    }
    if (chunk == 0) break;
    if (text.size() < 2 || chunk > text.size() - 2) return std::nullopt;
    decoded.data.append(text.substr(0, chunk));
    text.remove_prefix(chunk + 2);
  }
  while (const auto trailer = take_line(text)) {
    if (!trailer->empty()) continue;
    decoded.done = true;
    decoded.consumed = size - text.size();
    return decoded;
  }
  return std::nullopt;
}

std::string encode(const Pieces& pieces) {
  std::string text;
  for (const auto piece : pieces) {
    http::write_chunk_size(text, piece.size());
    text.append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = http::Framing::Kind;
  Input input(data, size);
  constexpr Kind kKinds[] = {Kind::kChunked, Kind::kLength, Kind::kUntilClose, Kind::kNone};
  http::Framing framing{kKinds[input.option(4)], 0};
  if (framing.kind == Kind::kLength) framing.length = input.option(256);
  const Cuts cuts(input);
  const auto bytes = input.rest();

  const Decoded whole = decode(framing, {bytes});
  for (const Pieces& pieces : cuts.of(bytes)) {
    require_same(decode(framing, pieces), whole, "cuts change nothing");
    const std::string encoded = encode(pieces);
    const Decoded again = decode({Kind::kChunked, 0}, {encoded});
    require_same(again, {std::string(bytes), encoded.size(), true, {}}, "our own chunks are read");
  }
  if (framing.kind == Kind::kChunked && whole.done) {
    const auto by_the_book = decode_by_the_book(bytes);
    require(by_the_book.has_value(), "a reader by the book accepts what we accept");
    require_same(whole, *by_the_book, "a reader by the book gives the same data");
  }
  return 0;
}
