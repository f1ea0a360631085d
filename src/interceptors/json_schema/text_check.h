#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "schema/prefix_validator.h"
#include "schema/schema_cache.h"

namespace penstock::json_schema {

/// What a text that has to be JSON and fit a schema has against it, as a sentence; nullopt: it
/// fits. May suspend, see validation.h.
std::optional<std::string> find_fault(const schema::Schema& schema, std::string_view text);

/// One text that a model writes piece by piece, held to a schema while it arrives. Before the piece
/// that makes the text whole is passed on, the text has had its full verdict, so nobody gets a
/// whole text that does not fit. Keeps the text until then. May suspend for that verdict.
class TextCheck {
 public:
  /// `schema` outlives this.
  explicit TextCheck(const schema::CompiledSchema& schema);

  /// The sentence that tells why the text must not go on like this; then it is not used again.
  std::optional<std::string> feed(std::string_view piece);
  /// The whole text at once, in place of feed() and finish().
  std::optional<std::string> take(std::string_view whole);
  /// No more comes, because the model thinks that the text is whole.
  std::optional<std::string> finish();

  /// The text was whole and fits.
  bool fits() const noexcept { return fits_; }
  bool empty() const noexcept { return bytes_ == 0; }
  /// What has come so far; empty once it fits.
  const std::string& text() const noexcept { return text_; }

 private:
  std::optional<std::string> judge();

  const schema::CompiledSchema& schema_;
  std::unique_ptr<schema::PrefixValidator> prefix_;  // until the text fits
  std::string text_;
  std::size_t bytes_ = 0;
  bool fits_ = false;
};

}  // namespace penstock::json_schema
