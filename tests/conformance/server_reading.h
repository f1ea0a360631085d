#pragma once

#include <string_view>
#include <vector>

#include "conformance/reference_reader.h"

namespace penstock::test {

/// What the gateway's codec makes of the bytes of a connection: parser, target and decoder joined
/// as a connection joins them, without a socket.
struct ServerReading {
  std::vector<ReadRequest> requests;  // whole and well-formed ones
  bool refused = false;

  bool operator==(const ServerReading&) const = default;
};
ServerReading read_as_server(const std::vector<std::string_view>& pieces);

}  // namespace penstock::test
