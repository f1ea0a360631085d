#include "schema/pattern.h"

#include <utility>

#include <re2/re2.h>

#include "schema/ecma_regex.h"

namespace penstock::schema {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxBytesOfAll = std::size_t{64} << 20;
// RE2 keeps a quarter of two thirds of its memory for the 16 bytes of an instruction; the rest is
// for the automaton that it builds as texts are met.
constexpr std::size_t kBytesPerState = 96;
constexpr std::size_t kBytesOfAutomaton = std::size_t{128} << 10;

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

std::unique_ptr<RE2> make_machine(std::string_view re2, std::size_t bytes) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(static_cast<std::int64_t>(bytes));
  return std::make_unique<RE2>(piece(re2), options);
}

}  // namespace

Pattern::Parts::~Parts() = default;

Result<Pattern> Pattern::compile(std::string_view expression) {
  const auto translated = translate_regex(expression);
  if (!translated) return internal_error("not a pattern: " + translated.error().detail);
  if (!translated->unsupported.empty()) {
    return internal_error("unsupported pattern: " + translated->unsupported);
  }
  auto parts = std::make_shared<Parts>();
  parts->expression = expression;
  parts->machine = make_machine(translated->re2, kMaxBytes);
  if (!parts->machine->ok()) {
    return internal_error("unsupported pattern: " + parts->machine->error());
  }
  parts->states = static_cast<std::uint64_t>(parts->machine->ProgramSize());
  parts->memory = kMaxBytes;
  // Again with no more than it needs, since hundreds of patterns with a mebibyte each would add up.
  const std::size_t enough = parts->states * kBytesPerState + kBytesOfAutomaton;
  if (auto smaller = enough < kMaxBytes ? make_machine(translated->re2, enough) : nullptr;
      smaller && smaller->ok()) {
    parts->machine = std::move(smaller);
    parts->memory = enough;
  }
  return Pattern(std::move(parts));
}

bool Pattern::matches(std::string_view text) const {
  return RE2::PartialMatch(piece(text), *parts_->machine);
}

Result<Pattern> Patterns::get(std::string_view expression) {
  if (const auto known = known_.find(expression); known != known_.end()) return known->second;
  Pattern pattern = TRY(Pattern::compile(expression));
  memory_ += pattern.memory();
  if (memory_ > kMaxBytesOfAll) {
    return internal_error("the patterns of the schema need more than 64 MiB");
  }
  known_.emplace(expression, pattern);
  return pattern;
}

}  // namespace penstock::schema
