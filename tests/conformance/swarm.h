#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// What one client of a swarm sends: one write for each piece, on a connection of its own. The
/// pieces point into bytes of the caller.
struct Play {
  std::vector<std::string_view> pieces;
  /// When that many whole answers have come the client closes its sending side; 0: never.
  std::size_t answers = 0;
};

/// What it heard.
struct Heard {
  std::string bytes;
  bool connected = false;
  bool ended = false;  // the server ended the connection; false: it hung beyond kPatience
};

/// Plays all of them against a server on 127.0.0.1, many connections at once: a few send, many wait
/// for what the server makes of it, so a server's own deadlines are waited for once and not in each
/// case. In the order of `plays`.
std::vector<Heard> play_all(std::uint16_t port, const std::vector<Play>& plays);

}  // namespace penstock::test
