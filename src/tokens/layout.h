#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock::tokens {

/// A token of an encoding: its rank in the official file.
using TokenId = std::uint32_t;

/// How the tables of the vocabularies lie in the program: made by tables/make_tables.cc when it is
/// built, used as they are. In the byte order of the machine.
///
/// A vocabulary is a trie of its tokens, as a double array: the child of a unit for a byte is the
/// unit number `base ^ byte`, if its label is that byte. No two units share a base and none has 0,
/// so the label decides. The units fill whole blocks of 256, so any child's number is in bounds.
struct Unit {
  std::uint64_t label : 8;
  std::uint64_t base : 20;
  std::uint64_t token : 18;   // that ends here, plus 1; 0: none
  std::uint64_t prefix : 18;  // the longest token that is a proper prefix of it, plus 1; 0: none
};
static_assert(sizeof(Unit) == 8);

/// A token: the two that are merged into it last. A single byte is merged of nothing and names
/// itself twice. `length` is 0 where the official file skips a rank.
struct TokenRecord {
  std::uint64_t left : 18;
  std::uint64_t right : 18;
  std::uint64_t unit : 20;   // where it ends in the trie
  std::uint64_t length : 8;  // in bytes, at most kLongestToken
};
static_assert(sizeof(TokenRecord) == 8);

inline constexpr TokenId kMostTokens = (1u << 18) - 1;
inline constexpr std::size_t kMostUnits = 1u << 20;
/// The ranks below are the single bytes.
inline constexpr TokenId kSingleBytes = 256;
/// In all vocabularies.
inline constexpr std::size_t kLongestToken = 128;

enum class Vocabulary : std::size_t { kR50k, kP50k, kCl100k, kO200k };
inline constexpr std::size_t kVocabularies = 4;

/// Where the tables of a vocabulary lie, in bytes from the header.
struct Extent {
  std::uint64_t units_at;
  std::uint64_t unit_count;
  std::uint64_t tokens_at;
  std::uint64_t token_count;  // the highest rank plus 1
};

struct Header {
  std::array<Extent, kVocabularies> vocabularies;
};

}  // namespace penstock::tokens
