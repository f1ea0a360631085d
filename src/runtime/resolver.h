#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "penstock/clock.h"

#include "runtime/socket.h"

namespace penstock::runtime {

/// Host names to addresses, by getaddrinfo on threads of its own, so that no loop waits for DNS.
/// Answers are kept for 30 s; an older one (up to 10 min) still serves when a look-up fails. One
/// for the process; thread-safe. Destroy it before the loops that use it.
class Resolver {
 public:
  explicit Resolver(const Clock& clock);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// The addresses of `host`, IPv6 and IPv4 in turns as the system prefers them. An address literal
  /// never suspends. Suspends until the look-up is done. Errors: kName, kTimeout, kCancelled.
  IoResult<std::vector<Address>> resolve(const std::string& host, std::uint16_t port,
                                         Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::runtime
