#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::control {

/// Answers POST /v1/schema/validate: holds instances against a schema as `penstock schema validate`
/// does.
///
///   {"schema": ..., "instance": ... or "instances": [...], "draft": "2020-12", "formats": false,
///    "refs": {"https://example.com/a.json": ...}}
///
/// gives {"results":[{"valid","errors"}]}, one for each instance. At most 1,000 instances and 256
/// refs. Error: 400 that names what is wrong with the question or its schema; also where judging
/// takes longer than `patience` in all, which takes a hostile schema. Reaches nothing outside.
/// Thread-safe.
Result<std::string> validate_instances(
    std::string_view body, std::chrono::milliseconds patience = std::chrono::seconds(5));

}  // namespace penstock::control
