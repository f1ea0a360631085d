#pragma once

#include <vector>

#include "penstock/result.h"

#include "schema/plan.h"

namespace penstock::schema {

/// Makes sure that no schema applies itself to the same instance again ($ref, allOf, anyOf, oneOf,
/// not, if, then, else), and that chains of these are at most 32 long: validation then ends, and
/// its depth is bounded by that of the instance. Error (detail): the place of a schema that does.
Result<void> check_termination(const std::vector<Node>& nodes);

/// Fills in Node::free.
void find_free_types(std::vector<Node>& nodes);

/// Finds out for every anyOf and oneOf which branches take which types, and the member that tells
/// them apart, if there is one.
void prepare_choices(std::vector<Node>& nodes);

}  // namespace penstock::schema
