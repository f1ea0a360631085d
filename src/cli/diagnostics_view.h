#pragma once

#include <string>
#include <string_view>

#include "penstock/config.h"

namespace penstock::cli {

/// How diagnostics are shown to a person.
struct DiagnosticsView {
  bool color = false;
  /// The text of the file named `file`: each diagnostic in it is followed by its line and a caret
  /// under its column. Empty: no excerpts.
  std::string_view text{};
  std::string_view file{};
};

/// config::to_text, dressed up. Holds nothing that a terminal would obey but the colours.
std::string render(const config::Diagnostics& diagnostics, const DiagnosticsView& view);

}  // namespace penstock::cli
