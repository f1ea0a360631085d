#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::tokens {

/// Encodings cut a text into pieces before they look for tokens: words with the blank before them,
/// up to three digits, punctuation, white space. What a piece is, tiktoken defines by one regular
/// expression for each family; here it is read off the text, in one pass and without backtracking.
///
/// Each function gives the end of the piece that begins at `at`, which is inside of the text.
/// Linear over the whole text, no allocation. Bytes that are no UTF-8 count as punctuation.
std::size_t r50k_piece_end(std::string_view text, std::size_t at) noexcept;  // p50k too
std::size_t cl100k_piece_end(std::string_view text, std::size_t at) noexcept;
std::size_t o200k_piece_end(std::string_view text, std::size_t at) noexcept;

using PieceEnd = std::size_t (*)(std::string_view text, std::size_t at) noexcept;

}  // namespace penstock::tokens
