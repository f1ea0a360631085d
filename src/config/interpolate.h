#pragma once

#include "penstock/config.h"

#include "config/config.h"
#include "config/files.h"

namespace penstock::config {

/// Replaces, in every scalar that is a value, `${VAR}`, `${VAR:-default}`, `${VAR:?message}`,
/// `${file:PATH}` and `$$`; any other `$` stays. What comes in is plain text: it is not looked at
/// again, neither for `$` nor as YAML. A scalar that cannot be completed is reported and stays as
/// it was. The files are noted in `sources`. Reads them, so it may block.
void interpolate(Node& node, const Sources& sources, Diagnostics& diagnostics);

}  // namespace penstock::config
