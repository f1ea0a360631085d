#pragma once

namespace penstock::gateway {

/// Where the built-in configuration is told to listen for other machines (PENSTOCK_LISTEN) and no
/// key is given (PENSTOCK_KEY), makes one: sets PENSTOCK_KEY and prints it on stderr, this once.
/// For the start of the process, before there are threads.
void make_key_if_needed();

}  // namespace penstock::gateway
