#include "schema/schema.h"

#include <utility>

#include "schema/compiler.h"
#include "schema/plan.h"
#include "schema/validator.h"

namespace penstock::schema {

Result<Schema> Schema::compile(std::string_view text, const CompileOptions& options) {
  return Schema(TRY(compile_plan(text, options)));
}

Schema::Schema(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

std::optional<Violation> Schema::validate(const json::Document& instance, Effort effort) const {
  return validate(instance.root(), instance.text().size(), effort);
}

std::optional<Violation> Schema::validate(simdjson::dom::element instance, std::size_t text_bytes,
                                          Effort effort) const {
  return Validator(*plan_, text_bytes, effort).run(instance);
}

Result<std::optional<Violation>> Schema::validate_text(std::string_view instance) const {
  const ExactText exact = TRY(ExactText::parse(instance));
  return validate(exact.root(), instance.size());
}

const std::vector<std::string>& Schema::warnings() const noexcept {
  return plan_->warnings;
}

}  // namespace penstock::schema
