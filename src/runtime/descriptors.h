#pragma once

namespace penstock::runtime {

/// File descriptors run out. The last ones that the process may open are kept back from clients and
/// upstreams, so that the control plane, a reload and the log still get theirs.
///
/// True: `descriptor` is one of them and is to be closed again. The kernel gives the lowest free
/// number, so a high one says that few are left. Thread-safe.
bool is_kept_back(int descriptor) noexcept;

}  // namespace penstock::runtime
