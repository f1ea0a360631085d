#include "schema/pattern.h"

#include <string>
#include <utility>

#include <re2/re2.h>

namespace penstock::schema {

namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Result<Pattern> Pattern::compile(std::string_view expression) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  auto machine = std::make_unique<RE2>(piece(expression), options);
  if (!machine->ok()) return internal_error("unsupported pattern: " + machine->error());
  return Pattern(std::move(machine));
}

Pattern::Pattern(std::unique_ptr<re2::RE2> machine) : machine_(std::move(machine)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view text) const {
  return RE2::PartialMatch(piece(text), *machine_);
}

std::string_view Pattern::expression() const {
  return machine_->pattern();
}

}  // namespace penstock::schema
