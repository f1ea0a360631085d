#pragma once

namespace penstock::runtime {

/// Has the kernel ask a peer that is silent for 30 s whether it still lives, so that a machine that
/// vanished without a word ends its connections within a minute (RFC 1122 section 4.2.3.6). What a
/// listening socket is told, its connections inherit. Thread-safe.
void keep_alive(int descriptor) noexcept;

}  // namespace penstock::runtime
