#pragma once

#include <string_view>
#include <vector>

#include "limits/remote/backend.h"
#include "limits/store.h"

namespace penstock::limits::remote {

/// See Store::list: the server's meters of a limit. Reads through the names of all keys, 1,000 with
/// each round trip, and gives up after 1 s with what it has. Blocks.
std::vector<MeterView> list_meters(Backend& backend, const Limit& limit,
                                   std::string_view key_prefix, std::size_t most);

}  // namespace penstock::limits::remote
