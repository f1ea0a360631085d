#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"
#include "runtime/socket.h"

namespace penstock::upstream {

/// "host:443", "[::1]:443": always with the port.
std::string host_and_port(const std::string& host, std::uint16_t port);

/// Asks the HTTP proxy that `socket` is connected to for a tunnel to the host of `target` (CONNECT,
/// RFC 9110 section 9.3.6), with the proxy's own credential if it has one. Afterwards the socket
/// leads to that host. Suspends. Errors: kRefused when the proxy says no, with its status, or says
/// what is no answer, and those of a stream. The detail does not name the proxy.
runtime::IoResult<void> open_tunnel(runtime::Socket& socket, const config::Proxy& proxy,
                                    const http::Url& target, Deadline deadline);

}  // namespace penstock::upstream
