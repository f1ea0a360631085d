#include "upstream/tunnel.h"

#include "base/text.h"
#include "http/response_parser.h"
#include "runtime/loop.h"

namespace penstock::upstream {

namespace {

using runtime::IoError;
using runtime::IoResult;

constexpr http::HeadLimits kProxyHeadLimits{.max_bytes = 16 * 1024};

IoError refused(std::string detail) {
  return {IoError::Kind::kRefused, std::move(detail)};
}

std::string connect_head(const config::Proxy& proxy, const http::Url& target) {
  const std::string authority = host_and_port(target.host, target.port);
  std::string head = concat({"CONNECT ", authority, " HTTP/1.1\r\nhost: ", authority, "\r\n"});
  if (!proxy.authorization.empty()) {
    head += concat({"proxy-authorization: ", proxy.authorization.reveal(), "\r\n"});
  }
  return head += "\r\n";
}

IoResult<void> judge(const http::ResponseHead& head, std::size_t unread) {
  const std::string status = std::to_string(head.status);
  if (head.status == 407) {
    return refused("it answered 407: the user and the password in the proxy's URL are not right");
  }
  if (head.status < 200 || head.status >= 300) return refused("it answered " + status);
  // We speak first in a tunnel: what is here already cannot come from its other end.
  if (unread > 0) return refused("it sent " + std::to_string(unread) + " bytes too many");
  return {};
}

}  // namespace

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return concat({is_ipv6 ? "[" : "", host, is_ipv6 ? "]:" : ":", std::to_string(port)});
}

IoResult<void> open_tunnel(runtime::Socket& socket, const config::Proxy& proxy,
                           const http::Url& target, Deadline deadline) {
  if (auto written = socket.write(connect_head(proxy, target), deadline); !written) {
    return written.error();
  }
  http::ResponseParser parser(kProxyHeadLimits, true);  // as to a HEAD: no body follows a success
  std::string received;
  while (true) {
    const std::span<char> scratch = runtime::Loop::current().scratch();
    const auto got = socket.read(scratch, deadline);
    if (!got) return got.error();
    if (*got == 0) return refused("it closed the connection");
    received.append(scratch.data(), *got);
    const auto size = parser.parse(received);
    if (!size) return refused("it gave no valid answer: " + size.error().detail);
    if (*size > 0) return judge(parser.head(), received.size() - *size);
  }
}

}  // namespace penstock::upstream
