#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "penstock/result.h"
#include "penstock/secret.h"

namespace penstock::limits {

/// Where a store of limits that several gateways share is, and how it is used.
struct RemoteOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string username;  // empty: the server's default user
  Secret password;       // empty: none is needed
  unsigned database = 0;
  bool tls = false;
  std::string ca_file;  // PEM; empty: the system's store

  /// Begins the names of all keys, in braces. Gateways with the same prefix share their limits.
  std::string prefix = "penstock";
  /// The longest that a request waits for the store.
  std::chrono::milliseconds timeout{50};
  /// What is held by a process that is not heard of for that long is charged in full, and its slots
  /// are free again.
  std::chrono::milliseconds hold{30'000};
  /// Whether a limit that is hit many times a second is taken in slices, and so without a round
  /// trip for each request.
  bool lease = true;
  /// What the scripts call `server_time`, in Lua; empty: the server's clock. For tests.
  std::string clock_script{};
};

/// Reads `valkey://[user[:password]@]host[:port][/database]`; also `redis://`, and `valkeys://` and
/// `rediss://` for TLS. User and password are percent-encoded; `:password@` is for the default
/// user. Error (kInvalidRequest): its public_message says what is wrong and never shows the URL,
/// which may hold a password.
Result<RemoteOptions> parse_store_url(std::string_view url);

/// What names a store to people: "valkey://10.0.0.1:6379/0", without user and password.
std::string name_of(const RemoteOptions& options);

}  // namespace penstock::limits
