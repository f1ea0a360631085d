#pragma once

#include <string_view>

#include "penstock/error.h"

namespace penstock::limits {

/// Whether the machine's database of time zones (tzdata; TZDIR, else /usr/share/zoneinfo) has a
/// zone of that name. Only names of the IANA's form count: at most 64 bytes, one to three words
/// between slashes that begin with a capital letter. So no path leads out of the database, nor to
/// the parts of it that are no zones. "UTC" is there without a database. Blocks: looks for a file.
bool is_zone(std::string_view name);

/// Says that there is no such zone, and names the nearest one there is, or what to install. Blocks:
/// reads the list of zones.
Error unknown_zone(std::string_view name);

}  // namespace penstock::limits
