#pragma once

#include <optional>
#include <string>
#include <vector>

#include "penstock/config.h"

#include "limits/remote/options.h"

namespace penstock::token_limit {

/// Where what was used is kept.
struct StoreOptions {
  std::optional<limits::RemoteOptions> remote{};  // nullopt: in the memory of this process
  std::vector<std::string> files{};               // named in them: to be watched for changes
};

/// Reads the member `store` of `token_limit`: absent or `memory`, the URL of a Valkey or Redis
/// server, or `{url, password, ca_file, prefix, timeout, hold, lease}`, of which `url` is needed.
/// Whatever is wrong goes to the diagnostics; the options are then not to be used. Looks whether
/// `ca_file` can be read, so it may block.
StoreOptions read_store(config::MapReader& map);

}  // namespace penstock::token_limit
