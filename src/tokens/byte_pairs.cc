#include "tokens/byte_pairs.h"

#include <algorithm>

#include "base/check.h"

namespace penstock::tokens {

void BytePairs::Bits::clear(std::size_t size) {
  const std::size_t count = size / 64 + 1;
  if (count <= few_.size()) {  // a usual piece: nothing is allocated
    few_.fill(0);
    words_ = few_.data();
  } else {
    many_.assign(count, 0);
    words_ = many_.data();
  }
}

std::size_t BytePairs::split(std::string_view piece, TokenId first) {
  ends_.clear(piece.size());
  given_up_.clear(piece.size());
  TokenId last = first;
  std::size_t at = vocabulary_.length(first);
  ends_.set(at);
  std::size_t count = 1;
  while (at < piece.size()) {
    if (const TokenId next = choose(piece, at, last); next != kNoToken) {
      at += vocabulary_.length(next);
      last = next;
      ends_.set(at);
      ++count;
    } else {
      PENSTOCK_CHECK(last != kNoToken, "every sequence of bytes has tokens");
      given_up_.set(at);
      ends_.reset(at);
      at -= vocabulary_.length(last);
      last = token_before(piece, at);
      --count;
    }
  }
  return count;
}

TokenId BytePairs::choose(std::string_view piece, std::size_t at, TokenId last) {
  const auto fits = [&](TokenId token) {
    return !given_up_.test(at + vocabulary_.length(token)) && may_follow(piece, at, last, token);
  };
  // In a run of one character the longest token is often not the one that repeats: a megabyte of
  // dashes took nine seconds without this, and takes some 20 ms.
  if (last != kNoToken) {
    const std::size_t length = vocabulary_.length(last);
    const bool repeats = piece[at] == piece[at - length] &&
                         piece.substr(at).starts_with(piece.substr(at - length, length));
    if (repeats && fits(last)) return last;
  }
  TokenId token = vocabulary_.longest_prefix(piece.substr(at));
  while (token != kNoToken && !fits(token)) token = vocabulary_.shorter_prefix(token);
  return token;
}

TokenId BytePairs::token_before(std::string_view piece, std::size_t end) const noexcept {
  if (end == 0) return kNoToken;
  std::size_t begin = end - 1;
  while (begin > 0 && !ends_.test(begin)) --begin;
  return vocabulary_.longest_prefix(piece.substr(begin, end - begin));
}

/// Runs of one character ask about the same few pairs of long tokens again and again, each of which
/// takes some 200 ns to find out.
bool BytePairs::may_follow(std::string_view piece, std::size_t border, TokenId left,
                           TokenId right) {
  constexpr std::size_t kLongPair = 24;  // bytes
  if (left == kNoToken) return true;
  if (vocabulary_.length(left) + vocabulary_.length(right) < kLongPair) {
    return stay_apart(piece, border, left, right);
  }
  if (known_pairs_.empty()) known_pairs_.resize(kKnownPairs);
  KnownPair& known = known_pairs_[(left * 31 + right) % kKnownPairs];
  if (known.left != left || known.right != right) {
    known = {left, right, stay_apart(piece, border, left, right)};
  }
  return known.stay_apart;
}

/// Two neighbours stay what they are if, when their merges are undone from the highest rank to the
/// lowest, no two parts that meet at the border could have been merged before the merge that was
/// undone last.
bool BytePairs::stay_apart(std::string_view piece, std::size_t border, TokenId left,
                           TokenId right) const noexcept {
  TokenId limit = kNoToken;
  while (true) {
    const TokenId joined =
        vocabulary_.joined(left, piece.substr(border, vocabulary_.length(right)));
    if (joined < limit) return false;
    // Single bytes have the lowest ranks, so the higher of two others can be undone.
    if (std::max(left, right) < kSingleBytes) return true;
    if (left > right) {
      limit = left;
      left = vocabulary_.right(left);
    } else {
      // Of equal ranks the leftmost is merged first, and that is the one across the border.
      limit = right + 1;
      right = vocabulary_.left(right);
    }
  }
}

void BytePairs::encode(std::string_view piece, std::vector<TokenId>& out) {
  const TokenId first = vocabulary_.longest_prefix(piece);
  if (vocabulary_.length(first) == piece.size()) {
    out.push_back(first);
    return;
  }
  split(piece, first);
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= piece.size(); ++end) {
    if (!ends_.test(end)) continue;
    out.push_back(vocabulary_.longest_prefix(piece.substr(begin, end - begin)));
    begin = end;
  }
}

}  // namespace penstock::tokens
