#include "penstock/headers.h"

#include <array>
#include <cstring>
#include <functional>

#include "base/text.h"

namespace penstock {

namespace {

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> kTokenBytes = token_table();

// What a request of an SDK brings; room for it is made once.
constexpr std::size_t kUsualBytes = 512;
constexpr std::size_t kUsualFields = 16;

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// The text itself, or a copy in `room` where it is a view into the block that is about to grow.
std::string_view keep(std::string_view text, const std::string& block, std::string& room) {
  const std::less<const char*>
      before;  // `<` between pointers into different objects is unspecified
  if (before(text.data(), block.data()) || !before(text.data(), block.data() + block.size())) {
    return text;
  }
  room = text;
  return room;
}

/// Looks at eight bytes at once: is one of them below 0x20 or 0x7f? (The exact test for a zero
/// byte, applied twice.)
constexpr bool has_control(std::uint64_t word) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  const std::uint64_t del = word ^ (0x7f * kOnes);
  return ((((word - 0x20 * kOnes) & ~word) | ((del - kOnes) & ~del)) & kHighs) != 0;
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  for (const char c : text) {
    if (!kTokenBytes[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

bool is_field_value(std::string_view text) noexcept {
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    if (has_control(word)) break;  // perhaps a TAB, which is allowed
    text.remove_prefix(sizeof word);
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

Headers::Field Headers::view(const Entry& entry) const {
  const std::string_view all = bytes_;
  return {all.substr(entry.name_at, entry.name_size), all.substr(entry.value_at, entry.value_size)};
}

bool Headers::named(const Entry& entry, std::string_view name) const {
  return !entry.removed && entry.name_size == name.size() &&
         equals_ignoring_case(view(entry).name, name);
}

bool Headers::add(std::string_view name, std::string_view value) {
  value = trim(value);
  if (!is_token(name) || !is_field_value(value)) return false;
  std::string name_room;
  std::string value_room;
  name = keep(name, bytes_, name_room);
  value = keep(value, bytes_, value_room);

  if (entries_.empty()) {
    bytes_.reserve(kUsualBytes);
    entries_.reserve(kUsualFields);
  }
  Entry entry{};
  entry.name_at = static_cast<std::uint32_t>(bytes_.size());
  entry.name_size = static_cast<std::uint32_t>(name.size());
  bytes_.append(name);
  for (std::size_t i = entry.name_at; i < bytes_.size(); ++i) bytes_[i] = lower(bytes_[i]);
  entry.value_at = static_cast<std::uint32_t>(bytes_.size());
  entry.value_size = static_cast<std::uint32_t>(value.size());
  bytes_.append(value);
  entries_.push_back(entry);
  return true;
}

bool Headers::set(std::string_view name, std::string_view value) {
  std::string name_room;
  name = keep(name, bytes_, name_room);
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
  std::string from_room;
  std::string to_room;
  from = keep(from, bytes_, from_room);
  to = keep(to, bytes_, to_room);
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
