#pragma once

#include <optional>
#include <string_view>

#include "penstock/config.h"

#include "config/config.h"
#include "http/url.h"

namespace penstock::config {

/// What the upstream at `base_url` is reached through: the setting `proxy` of its map, a URL or
/// `none`. Where it is absent and the URL is https, the environment's HTTPS_PROXY or https_proxy,
/// unless NO_PROXY or no_proxy covers the host; the spelling in capitals goes first. No message
/// shows a URL, since it may hold a password.
std::optional<Proxy> read_proxy(MapReader& map, const http::Url& base_url, Environment environment);

/// Reads `http://[user[:password]@]host[:port]`; port 80 where none is given. Error: its
/// public_message says what is wrong.
Result<Proxy> parse_proxy(std::string_view url);

/// Whether a NO_PROXY list covers that host: entries between commas, each a host (and all names
/// below it, with or without a leading dot or `*.`), an address, a block of addresses
/// (10.0.0.0/8), either of the first two with a port, or `*`. `host` as http::Url has it. An entry
/// that is none of these covers nothing.
bool is_covered(std::string_view no_proxy, std::string_view host, std::uint16_t port);

}  // namespace penstock::config
