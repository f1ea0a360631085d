// The head of a request. The outcome depends on no cut and on nothing behind the head; a reader
// less strict than ours finds the same framing; what is written from its parts reads as the same.

#include <string>

#include "fuzz/head.h"
#include "fuzz/input.h"
#include "fuzz/require.h"
#include "http/message_writer.h"
#include "http/request_parser.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

std::string parts(const http::RequestHead& head) {
  return head.method + " " + head.target + " for " + head.host + ", " + to_text(head.framing);
}

std::string summary(const http::RequestHead& head) {
  return parts(head) + (head.keep_alive ? ", keeps" : ", closes") +
         (head.expects_continue ? ", expects 100" : "") + ", 1." +
         std::to_string(head.minor_version) + " " + to_text(head.headers);
}

void check_framing(const http::RequestHead& head, std::string_view bytes) {
  const auto fields = framing_fields(bytes, Underscore::kIsHyphen);
  const auto kind = head.framing.kind;
  require(fields.content_length == (kind == http::Framing::Kind::kLength ? 1 : 0),
          "a careless reader finds the same content-length");
  require(fields.transfer_encoding == (kind == http::Framing::Kind::kChunked ? 1 : 0),
          "a careless reader finds the same transfer-encoding");
}

/// HTTP/1.0 knows neither the need of Host nor Expect, so only heads of HTTP/1.1 are written.
void check_written(const http::RequestHead& head) {
  std::string written;
  http::write_request_head(written, head.method, head.target, head.host, head.headers,
                           head.framing);
  // Spaces behind colons may make the lines longer than they came.
  http::RequestParser parser({1 << 20, 1 << 20, 1 << 20, 1000});
  const auto size = parser.parse(written);
  require(size && *size == written.size(), "a head that was written can be read");
  require_equal(parts(parser.head()), parts(head), "a written head has the same parts");
  require_equal(end_to_end_fields(parser.head().headers), end_to_end_fields(head.headers),
                "a written head has the same fields");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const http::HeadLimits small{256, 64, 48, 4};
  const auto limits = input.option(2) == 1 ? small : http::HeadLimits();
  const Cuts cuts(input);
  const auto bytes = input.rest();
  const http::RequestParser fresh(limits);
  const std::string whole = outcome_of(fresh, {bytes}, summary);
  for (const Pieces& pieces : cuts.of(bytes)) {
    require_equal(outcome_of(fresh, pieces, summary), whole, "cuts change nothing");
  }

  http::RequestParser parser(limits);
  const auto head_size = parser.parse(bytes);
  if (!head_size || *head_size == 0) return 0;
  const auto head = bytes.substr(0, *head_size);
  require_equal(outcome_of(fresh, {head}, summary), whole, "what follows a head changes nothing");
  require_equal(outcome_of(fresh, {head.substr(0, head.size() - 1)}, summary), "incomplete",
                "a head is complete with its last byte");
  check_framing(parser.head(), head);
  if (parser.head().minor_version >= 1) check_written(parser.head());
  return 0;
}
