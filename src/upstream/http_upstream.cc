#include "upstream/http_upstream.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "runtime/loop.h"
#include "upstream/failure.h"
#include "upstream/incoming.h"

namespace penstock::upstream {

struct HttpUpstream::Sent {
  std::unique_ptr<Connection> connection;
  http::ResponseHead head;
  MonotonicTime sent_at;
  bool stale = false;  // a reused connection gave nothing at all
};

namespace {

/// Drops the first `bytes` of the pieces.
void drop_prefix(Pieces& pieces, std::size_t bytes) {
  for (std::string_view& piece : pieces) {
    const std::size_t cut = std::min(bytes, piece.size());
    bytes -= cut;
    piece.remove_prefix(cut);
  }
  const auto used_up = [](std::string_view piece) { return piece.empty(); };
  pieces.erase(std::remove_if(pieces.begin(), pieces.end(), used_up), pieces.end());
}

/// When the configured total time of an exchange is over.
MonotonicTime total_end(const Exchange& x, const config::UpstreamOptions& options) {
  const auto total = options.timeouts.total;
  return total.count() == 0 ? MonotonicTime::max() : x.started() + total;
}

Deadline within(const Exchange& x, const config::UpstreamOptions& options,
                std::chrono::milliseconds timeout) {
  Deadline deadline = x.within(timeout);
  deadline.at = std::min(deadline.at, total_end(x, options));
  return deadline;
}

/// Sends the request and takes in what is said meanwhile. False: the provider has answered before
/// it had all, or hung up, so the rest was not sent. Errors as Stream::write.
runtime::IoResult<bool> send_request(Connection& connection, const Outgoing& outgoing,
                                     Deadline deadline) {
  Pieces left{outgoing.head};
  left.insert(left.end(), outgoing.pieces.begin(), outgoing.pieces.end());
  while (true) {
    const auto taken = connection.stream->write_until_input(left, deadline);
    if (!taken) return taken.error();
    drop_prefix(left, *taken);
    if (left.empty()) return true;
    const std::span<char> scratch = runtime::Loop::current().scratch();
    const auto got = connection.stream->read(scratch, deadline);
    if (!got || *got == 0) return false;
    connection.received.append(scratch.data(), *got);
    if (has_final_head(connection.received)) return false;
  }
}

}  // namespace

Result<Response> HttpUpstream::send(Exchange& x) {
  const Outgoing outgoing = TRY(make_outgoing(x, options_));
  x.release_document();
  Sent sent = TRY(send_once(x, outgoing, true));
  if (sent.stale) sent = TRY(send_once(x, outgoing, false));
  const Incoming incoming{
      x, options_, models_, pool_, sent.sent_at, total_end(x, options_), outgoing.asks_usage};
  return make_response(incoming, std::move(sent.connection), std::move(sent.head));
}

Result<HttpUpstream::Sent> HttpUpstream::send_once(Exchange& x, const Outgoing& outgoing,
                                                   bool may_reuse) {
  Sent sent;
  const MonotonicTime begun = x.clock().now();
  const auto count_wait = [&] { x.upstream_wait += x.clock().now() - begun; };

  if (may_reuse) sent.connection = pool_.take(begun);
  if (!sent.connection) {
    auto connected = pool_.connect(within(x, options_, options_.timeouts.connect), begun);
    if (!connected) {
      count_wait();
      return failure(connected.error(), "the connection to `" + options_.name + "`");
    }
    sent.connection = std::move(*connected);
  }

  const auto whole =
      send_request(*sent.connection, outgoing, within(x, options_, options_.timeouts.first_byte));
  // A provider may refuse a request before it has read all of it: the answer is worth a look.
  const bool cut_off = whole ? !*whole : whole.error().kind == runtime::IoError::Kind::kClosed;
  if (!whole && !cut_off) {
    count_wait();
    return failure(whole.error(), "the request");
  }

  sent.sent_at = x.clock().recent();
  auto head = read_head(*sent.connection, x.request.method == "HEAD",
                        within(x, options_, options_.timeouts.first_byte));
  count_wait();
  if (!head) {
    const bool gave_nothing =
        sent.connection->received.empty() && head.error().kind == ErrorKind::kUpstreamUnreachable;
    if (!sent.connection->reused || !gave_nothing) return head.error();
    sent.stale = true;
    return sent;
  }
  sent.head = std::move(*head);
  if (cut_off) sent.head.keep_alive = false;
  return sent;
}

}  // namespace penstock::upstream
