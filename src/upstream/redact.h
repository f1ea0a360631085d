#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace penstock::upstream {

/// What a provider says of an error, without what is ours alone: our key becomes [key], the
/// address of the upstream [upstream], ids of our account (org-..., proj_...) [account]. With
/// `passthrough` the account is the client's own and stays. JSON stays JSON.
std::string redact(std::string_view text, const config::UpstreamOptions& upstream);

}  // namespace penstock::upstream
