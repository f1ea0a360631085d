#include "interceptors/json_schema/text_check.h"

#include "interceptors/json_schema/validation.h"
#include "json/scan.h"

namespace penstock::json_schema {

namespace {

std::string sentence(const schema::Violation& violation) {
  if (violation.instance_path.empty()) return violation.message;
  return "at " + violation.instance_path + ": " + violation.message;
}

}  // namespace

std::optional<std::string> find_fault(const schema::Schema& schema, std::string_view text) {
  const auto violation = validate_text(schema, text);
  if (!violation) return "it is no JSON: " + violation.error().public_message;
  if (!*violation) return std::nullopt;
  return sentence(**violation);
}

TextCheck::TextCheck(const schema::CompiledSchema& schema)
    : schema_(schema), prefix_(std::make_unique<schema::PrefixValidator>(schema.prefix)) {}

std::optional<std::string> TextCheck::feed(std::string_view piece) {
  bytes_ += piece.size();
  if (fits_) {
    if (json::skip_space(piece, 0) == piece.size()) return std::nullopt;
    return "something follows the JSON text";
  }
  text_.append(piece);
  if (const auto violation = prefix_->feed(piece)) return sentence(*violation);
  return prefix_->complete() ? judge() : std::nullopt;
}

std::optional<std::string> TextCheck::take(std::string_view whole) {
  bytes_ = whole.size();
  text_ = whole;
  return judge();
}

std::optional<std::string> TextCheck::finish() {
  if (fits_) return std::nullopt;
  if (const auto violation = prefix_->finish()) return sentence(*violation);
  return judge();
}

std::optional<std::string> TextCheck::judge() {
  if (auto fault = find_fault(schema_.schema, text_)) return fault;
  fits_ = true;
  text_ = std::string();
  prefix_.reset();
  return std::nullopt;
}

}  // namespace penstock::json_schema
