#pragma once

#include <span>
#include <string>
#include <string_view>

#include "penstock/headers.h"

#include "http/framing.h"

namespace penstock::http {

/// Appends the head of a request to `out`. Fields of `headers` about this connection (framing,
/// persistence, Upgrade, TE, Trailer) and Host are skipped: these are always ours. So are those
/// that `own` holds instead. `target` and `host` hold no control byte or space, and `own` only what
/// Headers takes, with names in lower case (checked at their origin).
void write_request_head(std::string& out, std::string_view method, std::string_view target,
                        std::string_view host, const Headers& headers, const Framing& framing,
                        std::span<const Headers::Field> own = {});

enum class Connection { kKeepAlive, kClose };

/// Appends the head of an answer to `out`, with its framing and, where it is to close or is framed
/// by closing, `connection: close`. Fields of `headers` about this connection are skipped. 1xx, 204
/// and 304 get no framing field; kNone writes none either, so it is for answers without a body.
void write_response_head(std::string& out, int status, const Headers& headers,
                         const Framing& framing, Connection connection);

/// Appends the size line in front of a chunk of that many bytes; CRLF follows the chunk's data.
void write_chunk_size(std::string& out, std::size_t size);

/// The standard reason phrase; "Unknown" where there is none.
std::string_view reason_phrase(int status) noexcept;

}  // namespace penstock::http
