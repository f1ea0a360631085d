#pragma once

#include <memory>
#include <string>

#include "penstock/body.h"

namespace penstock::json_schema {

/// What two calls used together; unknown usage adds nothing. Measured only where both are.
Usage sum(const Usage& a, const Usage& b);

/// The body of an answer that took more than one call: `inner` is the body of the last call, whose
/// own listeners hear how the exchange ended as if there had been no other. Whoever is further out
/// is told `earlier` on top of its usage. `held` are bytes that were read from it already: they
/// come first.
Body continued_body(Body inner, std::string held, const Usage& earlier);

/// The body of an answer that was paid for and must not be given out: the first read fails with
/// `error`, so that the client is told a status and the record has the usage.
Body refused_body(Error error, const Usage& usage);

}  // namespace penstock::json_schema
