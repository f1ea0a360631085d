// The head of an upstream's answer, as request_head.cc.

#include <string>

#include "fuzz/head.h"
#include "fuzz/input.h"
#include "fuzz/require.h"
#include "http/message_writer.h"
#include "http/response_parser.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

std::string parts(const http::ResponseHead& head) {
  return std::to_string(head.status) + ", " + to_text(head.framing);
}

std::string summary(const http::ResponseHead& head) {
  return parts(head) + (head.keep_alive ? ", keeps" : ", closes") + ", 1." +
         std::to_string(head.minor_version) + " " + to_text(head.headers);
}

void check_framing(const http::ResponseHead& head, std::string_view bytes) {
  const auto fields = framing_fields(bytes, Underscore::kIsItself);
  require(fields.content_length + fields.transfer_encoding <= 1,
          "a careless reader finds one framing at most");
  if (head.framing.kind == http::Framing::Kind::kNone) return;  // whatever the fields say
  require(fields.content_length == (head.framing.kind == http::Framing::Kind::kLength ? 1 : 0),
          "a careless reader finds the same content-length");
  require(fields.transfer_encoding == (head.framing.kind == http::Framing::Kind::kChunked ? 1 : 0),
          "a careless reader finds the same transfer-encoding");
}

void check_written(const http::ResponseHead& head, bool answers_head) {
  std::string written;
  http::write_response_head(written, head.status, head.headers, head.framing,
                            http::Connection::kKeepAlive);
  // Spaces behind colons may make the lines longer than they came.
  http::ResponseParser parser({1 << 20, 1 << 20, 1 << 20, 1000}, answers_head);
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
  const bool answers_head = input.option(2) == 1;
  const Cuts cuts(input);
  const auto bytes = input.rest();
  const http::ResponseParser fresh(limits, answers_head);
  const std::string whole = outcome_of(fresh, {bytes}, summary);
  for (const Pieces& pieces : cuts.of(bytes)) {
    require_equal(outcome_of(fresh, pieces, summary), whole, "cuts change nothing");
  }

  http::ResponseParser parser(limits, answers_head);
  const auto head_size = parser.parse(bytes);
  if (!head_size || *head_size == 0) return 0;
  const auto head = bytes.substr(0, *head_size);
  require_equal(outcome_of(fresh, {head}, summary), whole, "what follows a head changes nothing");
  require_equal(outcome_of(fresh, {head.substr(0, head.size() - 1)}, summary), "incomplete",
                "a head is complete with its last byte");
  check_framing(parser.head(), head);
  check_written(parser.head(), answers_head);
  return 0;
}
