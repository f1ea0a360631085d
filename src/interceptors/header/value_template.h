#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/exchange.h"
#include "penstock/result.h"

namespace penstock::header {

/// What a value may ask for, in braces: {request_id}, {key}, {model}, {upstream}.
enum class Placeholder { kNone, kRequestId, kKey, kModel, kUpstream };

/// The value of a field with placeholders in it, taken apart once at start. `{{` stands for one
/// brace; a closing brace outside of a placeholder is itself. Immutable.
class ValueTemplate {
 public:
  /// Error: 400 with a message for the configuration's diagnostics: unknown placeholder, brace that
  /// is not closed, control byte.
  static Result<ValueTemplate> parse(std::string_view text);

  bool uses(Placeholder placeholder) const noexcept;
  /// The text for this exchange; what is not known (no principal, no facts) is empty. The view is
  /// into `room` or into this template.
  std::string_view render(const Exchange& x, std::string& room) const;

 private:
  struct Piece {
    std::string text;  // before the placeholder
    Placeholder placeholder = Placeholder::kNone;
  };
  std::vector<Piece> pieces_;
};

}  // namespace penstock::header
