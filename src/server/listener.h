#pragma once

#include <cstdint>
#include <vector>

#include "penstock/result.h"

#include "http/url.h"

namespace penstock::server {

/// Listening descriptors on one address, one for each event loop (SO_REUSEPORT: the kernel spreads
/// connections over them). Port 0 takes a free one. Non-blocking, close-on-exec; the caller owns
/// them.
struct Listeners {
  std::vector<int> descriptors;
  std::uint16_t port = 0;
};

/// Error: the address is no address of this machine, or is taken; the message says which.
Result<Listeners> listen_on(const http::HostPort& address, std::size_t count);

}  // namespace penstock::server
