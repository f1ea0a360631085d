#include "tokens/vocabulary.h"

// The tables as make_token_tables wrote them, in the read-only part of the program: nothing is read
// or built at start, and pages that nobody needs are not loaded.
asm(R"(
    .pushsection .rodata
    .balign 64
    .globl penstock_token_tables
    .type penstock_token_tables, @object
penstock_token_tables:
    .incbin ")" PENSTOCK_TOKEN_TABLES R"("
    .size penstock_token_tables, . - penstock_token_tables
    .popsection
)");

extern "C" const char penstock_token_tables[];  // NOLINT(readability-identifier-naming)

namespace penstock::tokens {

namespace {

template <class T>
std::span<const T> table_at(std::uint64_t offset, std::uint64_t count) noexcept {
  return {reinterpret_cast<const T*>(penstock_token_tables + offset), count};
}

}  // namespace

VocabularyView::VocabularyView(Vocabulary vocabulary) noexcept {
  const auto number = static_cast<std::size_t>(vocabulary);
  const auto& header = *reinterpret_cast<const Header*>(penstock_token_tables);
  const Extent& extent = header.vocabularies[number];
  units_ = table_at<Unit>(extent.units_at, extent.unit_count);
  records_ = table_at<TokenRecord>(extent.tokens_at, extent.token_count);
}

}  // namespace penstock::tokens
