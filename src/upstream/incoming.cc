#include "upstream/incoming.h"

#include <algorithm>
#include <utility>

#include "base/name_set.h"
#include "base/text.h"
#include "http/fields.h"
#include "json/document.h"
#include "json/padding.h"
#include "openai/stream_tracker.h"
#include "runtime/loop.h"
#include "upstream/byte_stream.h"
#include "upstream/event_stream.h"
#include "upstream/failure.h"
#include "upstream/provider_error.h"

namespace penstock::upstream {

namespace {

constexpr int kMaxInterim = 8;
constexpr std::uint64_t kMaxErrorBytes = 1 << 20;
constexpr std::uint64_t kTrustedLength = 1 << 20;  // room for that much is made on its word
constexpr http::HeadLimits kHeadLimits{};

/// Fields of an answer that are about this connection, this provider's edge, or our account.
constexpr auto kDropped =
    make_name_set("alt-svc", "cf-cache-status", "cf-ray", "connection", "content-encoding",
                  "content-length", "keep-alive", "openai-organization", "openai-project",
                  "proxy-authenticate", "proxy-connection", "server", "set-cookie",
                  "strict-transport-security", "te", "trailer", "transfer-encoding", "upgrade");

bool is_dropped(std::string_view name) {
  return kDropped.has(name) || name.starts_with("access-control-") ||
         name.starts_with("x-penstock-");
}

/// Leaves what the client may see of the provider's headers.
void keep_end_to_end(Headers& headers) {
  const std::string hop = http::connection_options(headers);
  headers.remove_if([&](const Headers::Field& field) {
    return is_dropped(field.name) || list_has(hop, field.name);
  });
  headers.rename("x-request-id", "x-upstream-request-id");
}

bool is_type(const Headers& headers, std::string_view type) {
  return equals_ignoring_case(media_type(headers.get("content-type").value_or("")), type);
}

bool must_be_json(Route route) {
  return route != Route::kAudio && route != Route::kFiles && route != Route::kImages;
}

Result<std::string> read_whole(AnswerReader& reader, std::uint64_t limit, const Incoming& in) {
  std::string body;
  body.reserve(std::min(reader.declared_length(), kTrustedLength) + json::kPadding);
  while (true) {
    Deadline deadline = in.x.within(in.upstream.timeouts.idle);
    deadline.at = std::min(deadline.at, in.until);
    const std::string_view bytes = TRY(reader.read(deadline));
    if (bytes.empty()) break;
    if (body.size() + bytes.size() > limit) {
      return invalid_answer(
          concat({"the answer is larger than max_response, ", std::to_string(limit), " bytes"}));
    }
    body.append(bytes);
  }
  json::reserve_padding(body);
  return body;
}

Result<Response> error_response(const Incoming& in, AnswerReader reader, Response response) {
  std::string body = TRY(read_whole(reader, kMaxErrorBytes, in));
  if (response.status == 401 && !in.upstream.passthrough) {
    Error error = invalid_answer(concat({"the provider refused the gateway's key (401): check ",
                                         "api_key of `", in.upstream.name, "`"}));
    error.kind = ErrorKind::kUpstreamRefusedKey;
    error.public_message = "the gateway could not authenticate itself to the upstream provider";
    error.retry_helps = false;
    return error;
  }
  response.headers.set("content-type", "application/json");
  response.body = Body(provider_error_body(body, in.x.id(), in.upstream));
  return response;
}

Result<Response> json_response(const Incoming& in, AnswerReader reader, Response response) {
  std::string body = TRY(read_whole(reader, in.upstream.max_response, in));
  auto document = json::Document::parse(body);
  if (!document && document.error().kind == ErrorKind::kOverloaded) return document.error();
  if (!document) {
    return invalid_answer(concat({"the answer is no JSON: ", document.error().public_message}));
  }
  const Usage usage = openai::read_usage(*document);
  response.body = Body(std::move(body), usage);
  return response;
}

Result<Response> stream_response(const Incoming& in, AnswerReader reader, Response response) {
  const RequestFacts& facts = *TRY(in.x.facts());
  using UsageChunk = openai::StreamTracker::UsageChunk;
  openai::StreamTracker tracker(in.x.request.route, facts.choices,
                                in.asks_usage ? UsageChunk::kHide : UsageChunk::kKeep,
                                &in.models.find(facts.target.model));
  const EventStream::Patience patience{in.sent_at + in.upstream.timeouts.first_byte,
                                       in.upstream.timeouts.idle, in.until};
  if (!response.headers.get("cache-control")) response.headers.set("cache-control", "no-cache");
  response.headers.set("x-accel-buffering", "no");  // for an nginx in front of us
  response.body = Body(std::make_unique<EventStream>(std::move(reader), std::move(tracker),
                                                     patience, in.upstream, in.x.clock()));
  return response;
}

}  // namespace

Result<http::ResponseHead> read_head(Connection& connection, bool answers_head, Deadline deadline) {
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    http::ResponseParser parser(kHeadLimits, answers_head);
    std::size_t size = 0;
    while (true) {
      if (!connection.received.empty()) size = TRY(parser.parse(connection.received));
      if (size > 0) {
        connection.received.erase(0, size);
        break;
      }
      const std::span<char> scratch = runtime::Loop::current().scratch();
      const auto got = connection.stream->read(scratch, deadline);
      if (!got) return failure(got.error(), "the answer's head");
      if (*got == 0) {
        return failure({runtime::IoError::Kind::kClosed, "the connection ended"},
                       "the answer's head");
      }
      const std::string_view bytes(scratch.data(), *got);
      if (connection.received.empty()) {  // a head that comes whole is read where it lies
        size = TRY(parser.parse(bytes));
        connection.received = bytes.substr(size);
        if (size > 0) break;
      } else {
        connection.received.append(bytes);
      }
    }
    http::ResponseHead head = std::move(parser.head());
    if (head.status == 101) return invalid_answer("101 switching protocols was not asked for");
    if (head.status >= 200) return head;
  }
  return invalid_answer(concat({"more than ", std::to_string(kMaxInterim), " interim answers"}));
}

bool has_final_head(std::string_view received) {
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    http::ResponseParser parser(kHeadLimits, false);
    const auto size = received.empty() ? Result<std::size_t>(0) : parser.parse(received);
    if (!size) return true;
    if (*size == 0) return false;
    const int status = parser.head().status;
    if (status >= 200 || status == 101) return true;
    received.remove_prefix(*size);
  }
  return true;
}

Result<Response> make_response(const Incoming& in, std::unique_ptr<Connection> connection,
                               http::ResponseHead head) {
  Response response;
  response.status = head.status;
  response.headers = std::move(head.headers);
  AnswerReader reader(std::move(connection), head.framing, head.keep_alive, in.pool, in.x.clock());

  if (const auto coding = http::content_coding(response.headers)) {
    return invalid_answer(concat({"content-encoding ", *coding, " was not asked for"}));
  }
  if (response.headers.count("content-type") > 1) return invalid_answer("content-type is repeated");
  keep_end_to_end(response.headers);
  if (head.status >= 300 && head.status < 400) {
    return invalid_answer(concat({"redirect ", std::to_string(head.status), " is not followed"}));
  }
  if (head.status >= 400) return error_response(in, std::move(reader), std::move(response));
  const bool is_head = in.x.request.method == "HEAD";  // whatever the type, nothing follows
  if (!is_head && is_type(response.headers, "text/event-stream")) {
    return stream_response(in, std::move(reader), std::move(response));
  }
  if (!is_head &&
      (must_be_json(in.x.request.route) || is_type(response.headers, "application/json"))) {
    return json_response(in, std::move(reader), std::move(response));
  }
  response.body = Body(std::make_unique<ByteStream>(std::move(reader), in.upstream.timeouts.idle,
                                                    in.until, in.x.clock()));
  return response;
}

}  // namespace penstock::upstream
