#include "schema/schema.h"

#include <utility>

#include "schema/compiler.h"
#include "schema/plan.h"
#include "schema/validator.h"

namespace penstock::schema {

Result<Schema> Schema::compile(std::string_view text) {
  return Schema(TRY(compile_plan(text)));
}

Schema::Schema(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

std::optional<Violation> Schema::validate(const json::Document& instance) const {
  return Validator(*plan_, instance.text().size()).run(instance.root());
}

}  // namespace penstock::schema
