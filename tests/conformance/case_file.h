#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace penstock::test {

/// The project's own table `tests/data/NAME`: one JSON object a line.
std::vector<nlohmann::json> own_cases(std::string_view name);

/// The table of that name in the folder that the environment variable PENSTOCK_CORPORA names; it is
/// no part of this tree. Empty where the variable is not set.
std::vector<nlohmann::json> corpus_cases(std::string_view name);

/// The folder that PENSTOCK_CORPORA names; empty where it is not set.
std::string corpora_folder();

/// The bytes of a member in standard base64.
std::string bytes_of(const nlohmann::json& entry, const char* member = "raw_b64");

}  // namespace penstock::test
