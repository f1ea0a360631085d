#pragma once

#include <string>

#include "penstock/result.h"

#include "schema/schema.h"

namespace penstock::cli {

/// Makes every *.json below a folder a document that $ref may reach: by its $id, and by its path in
/// the folder under `base_uri`. At most 10,000 files with 64 MiB together. Blocks. Error: a file
/// cannot be read or is no JSON, two have one $id, or there is too much; public_message names it.
Result<schema::Documents> read_documents(const std::string& folder, const std::string& base_uri);

}  // namespace penstock::cli
