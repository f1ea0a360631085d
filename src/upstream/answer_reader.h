#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http/body_decoder.h"
#include "upstream/connection_pool.h"

namespace penstock::upstream {

/// Reads the body of an upstream's answer with its framing taken off, and gives the connection back
/// to the pool the moment the body has ended cleanly. Destroyed before that it closes the
/// connection.
class AnswerReader {
 public:
  /// `connection->received` holds what followed the head. `pool` outlives the reader.
  AnswerReader(std::unique_ptr<Connection> connection, const http::Framing& framing,
               bool keep_alive, ConnectionPool& pool, const Clock& clock);

  /// The next bytes, valid until the fiber waits; empty: the clean end. Suspends. Errors:
  /// kUpstreamInvalid for broken framing, kUpstreamUnreachable when the body was cut,
  /// kUpstreamTimeout, kCancelled.
  Result<std::string_view> read(Deadline deadline);
  /// What Content-Length says; 0: nothing.
  std::uint64_t declared_length() const noexcept { return declared_length_; }

 private:
  Result<std::string_view> decode(std::span<char> bytes);
  void release_if_done();

  std::unique_ptr<Connection> connection_;
  http::BodyDecoder decoder_;
  std::uint64_t declared_length_;
  bool keep_alive_;
  bool ended_ = false;
  std::optional<Error> broken_;
  ConnectionPool& pool_;
  const Clock& clock_;
};

}  // namespace penstock::upstream
