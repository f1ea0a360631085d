#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::test {

/// A request as two readers of the same bytes must see it.
struct ReadRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string body;

  bool operator==(const ReadRequest&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const ReadRequest& request) {
    return out << request.method << ' ' << request.target << " with " << request.fields.size()
               << " fields and " << request.body.size() << " bytes";
  }
};

/// A second reader of HTTP/1.1 requests, which shares nothing with the gateway's codec: plain,
/// slow, over the whole text at once, and as strict as RFC 9112 lets a server be (section A of the
/// gateway's rules: CRLF alone ends a line, one framing field, `chunked` and nothing else, exactly
/// one valid Host). Gives the well-formed requests in front of the first fault, or in front of one
/// that ends the connection, that one included.
std::vector<ReadRequest> read_strictly(std::string_view bytes);

}  // namespace penstock::test
