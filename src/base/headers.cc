#include "penstock/headers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <span>

#include "base/text.h"

namespace penstock {

namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// The bytes of a token in lower case; 0 for a byte that no token has.
constexpr std::array<char, 256> token_table() {
  std::array<char, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(c)] = lower(c);
  }
  return table;
}
constexpr std::array<char, 256> kTokenBytes = token_table();

/// Makes a token lower case. False: it is none, and its bytes are worth nothing.
bool lower_token(std::span<char> text) noexcept {
  bool valid = true;
  for (char& c : text) {
    c = kTokenBytes[static_cast<unsigned char>(c)];
    valid &= c != 0;
  }
  return valid;
}

// What a request of an SDK brings; room for it is made once.
constexpr std::size_t kUsualBytes = 512;
constexpr std::size_t kUsualFields = 16;

/// Looks at eight bytes at once: is one of them below 0x20 or 0x7f? (The exact test for a zero
/// byte, applied twice.)
constexpr bool has_control(std::uint64_t word) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  const std::uint64_t del = word ^ (0x7f * kOnes);
  return ((((word - 0x20 * kOnes) & ~word) | ((del - kOnes) & ~del)) & kHighs) != 0;
}

std::uint64_t word_at(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

bool is_control_but_tab(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  for (const char c : text) {
    if (kTokenBytes[static_cast<unsigned char>(c)] == 0) return false;
  }
  return !text.empty();
}

bool is_field_value(std::string_view text) noexcept {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() >= kWord) {
    bool clean = !has_control(word_at(text.data() + text.size() - kWord));
    for (std::size_t i = 0; clean && i + kWord < text.size(); i += kWord) {
      clean = !has_control(word_at(text.data() + i));
    }
    if (clean) return true;  // else it may be a TAB, which is allowed
  }
  return std::none_of(text.begin(), text.end(), is_control_but_tab);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool Headers::named(const Entry& entry, std::string_view name) const {
  if (entry.removed || entry.name_size != name.size() || name.empty()) return false;
  const std::string_view own = view(entry).name;
  if (own.front() != lower(name.front())) return false;
  return own == name || equals_ignoring_case(own, name);  // our own code asks in lower case
}

/// True for a view into the block, which may move when it grows.
bool Headers::aliases(std::string_view text) const noexcept {
  const std::less<const char*> before;  // `<` between pointers into different objects is
                                        // unspecified
  return !before(text.data(), bytes_.data()) && before(text.data(), bytes_.data() + bytes_.size());
}

bool Headers::add(std::string_view name, std::string_view value) {
  if (aliases(name) || aliases(value)) return add(std::string(name), std::string(value));
  value = trim(value);
  if (name.empty() || !is_field_value(value)) return false;
  if (entries_.empty()) {
    bytes_.reserve(kUsualBytes);
    entries_.reserve(kUsualFields);
  }
  const std::size_t name_at = bytes_.size();
  const std::size_t value_at = name_at + name.size();
  bytes_.append(name);
  if (!lower_token(std::span(bytes_).subspan(name_at))) {
    bytes_.resize(name_at);
    return false;
  }
  bytes_.append(value);
  entries_.push_back({static_cast<std::uint32_t>(name_at), static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value_at),
                      static_cast<std::uint32_t>(value.size()), false});
  return true;
}

bool Headers::set(std::string_view name, std::string_view value) {
  if (aliases(name) || aliases(value)) return set(std::string(name), std::string(value));
  if (!add(name, value)) return false;
  for (std::size_t i = 0; i + 1 < entries_.size(); ++i) {
    if (named(entries_[i], name)) entries_[i].removed = true;
  }
  return true;
}

std::size_t Headers::remove(std::string_view name) {
  std::size_t removed = 0;
  for (Entry& entry : entries_) {
    if (!named(entry, name)) continue;
    entry.removed = true;
    ++removed;
  }
  return removed;
}

bool Headers::rename(std::string_view from, std::string_view to) {
  if (!is_token(to)) return false;
  if (count(from) == 0) return true;
  if (aliases(from) || aliases(to)) return rename(std::string(from), std::string(to));
  const auto name_at = static_cast<std::uint32_t>(bytes_.size());
  for (const char c : to) bytes_.push_back(lower(c));
  for (Entry& entry : entries_) {
    if (!named(entry, from)) continue;
    entry.name_at = name_at;
    entry.name_size = static_cast<std::uint32_t>(to.size());
  }
  return true;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (named(entry, name)) return view(entry).value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t found = 0;
  for (const Entry& entry : entries_) found += named(entry, name) ? 1 : 0;
  return found;
}

std::size_t Headers::size() const noexcept {
  std::size_t alive = 0;
  for (const Entry& entry : entries_) alive += entry.removed ? 0 : 1;
  return alive;
}

void Headers::clear() noexcept {
  bytes_.clear();
  entries_.clear();
}

}  // namespace penstock
