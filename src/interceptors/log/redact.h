#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::exchange_log {

/// A JSON text with every string value replaced by "[N chars]", N counting characters after
/// unescaping. Keys, numbers and punctuation stay, as do the values of model, role, type, object,
/// finish_reason and id, which are words of the API and not of the user. `json` was accepted by
/// json::Document. Stops soon after `max_bytes`; runs through the bytes once, without recursion.
std::string redact(std::string_view json, std::size_t max_bytes);

}  // namespace penstock::exchange_log
