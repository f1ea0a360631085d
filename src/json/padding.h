#pragma once

#include <string>

namespace penstock::json {

/// Makes kPadding bytes behind the text readable, as Document::parse wants them.
void reserve_padding(std::string& text);

}  // namespace penstock::json
