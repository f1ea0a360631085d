#include <charconv>
#include <cstdint>
#include <string>

#include "json/document.h"
#include "json/scan.h"
#include "json/utf8.h"

namespace penstock::json {

namespace {

std::uint32_t hex(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

// The inside of a string of an accepted text, so its escapes are well formed.
std::string unescape(std::string_view raw) {
  constexpr std::string_view kNames = "bfnrt";
  constexpr std::string_view kBytes = "\b\f\n\r\t";
  std::string out;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\' || at + 1 == raw.size()) {
      out.push_back(raw[at]);
      continue;
    }
    const char name = raw[++at];
    if (name == 'u' && at + 4 < raw.size()) {
      std::uint32_t code_point = hex(raw.substr(at + 1, 4));
      at += 4;
      if (code_point >= 0xD800 && code_point < 0xDC00 && at + 6 < raw.size()) {
        code_point =
            0x10000 + ((code_point - 0xD800) << 10) + (hex(raw.substr(at + 3, 4)) - 0xDC00);
        at += 6;
      }
      append_utf8(out, code_point);
      continue;
    }
    const std::size_t known = kNames.find(name);
    out.push_back(known == std::string_view::npos ? name : kBytes[known]);
  }
  return out;
}

bool key_equals(std::string_view raw, std::string_view key) {
  if (raw.find('\\') == std::string_view::npos) return raw == key;
  return unescape(raw) == key;
}

struct Member {
  std::size_t key = 0;  // the opening quote
  std::size_t value = 0;
  std::size_t end = 0;
};

// The first member of that name in the top-level object.
std::optional<Member> walk_to(std::string_view text, std::string_view key) {
  std::size_t at = skip_space(text, 0);
  if (at == text.size() || text[at] != '{') return std::nullopt;
  at = skip_space(text, at + 1);
  while (at < text.size() && text[at] == '"') {
    Member member{.key = at};
    const std::size_t key_end = skip_string(text, at);
    const std::size_t colon = skip_space(text, key_end);
    member.value = skip_space(text, colon + 1);
    member.end = skip_value(text, member.value);
    if (key_equals(text.substr(at + 1, key_end - at - 2), key)) return member;
    const std::size_t comma = skip_space(text, member.end);
    at = skip_space(text, comma + 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Span> find_member(std::string_view object_text, std::string_view key) {
  const auto member = walk_to(object_text, key);
  if (!member) return std::nullopt;
  return Span{member->value, member->end - member->value};
}

std::string apply(std::string_view text, const std::vector<Splice>& splices) {
  std::size_t size = text.size() + kPadding;
  for (const Splice& splice : splices) size += splice.insert.size();
  std::string out;
  out.reserve(size);
  std::size_t at = 0;
  for (const Splice& splice : splices) {
    out.append(text, at, splice.at - at);
    out.append(splice.insert);
    at = splice.at + splice.remove;
  }
  out.append(text, at);
  return out;
}

Splice set_member(std::string_view object_text, std::string_view key, std::string_view json_value) {
  if (const auto member = find_member(object_text, key)) {
    return {member->at, member->size, std::string(json_value)};
  }
  const std::size_t inside = object_text.find('{') + 1;
  const std::size_t first = skip_space(object_text, inside);
  const bool empty = first == object_text.size() || object_text[first] == '}';
  Splice splice{inside, 0, {}};
  append_quoted(splice.insert, key);
  splice.insert.append(":").append(json_value);
  if (!empty) splice.insert.push_back(',');
  return splice;
}

std::optional<Splice> remove_member(std::string_view object_text, std::string_view key) {
  const auto member = walk_to(object_text, key);
  if (!member) return std::nullopt;
  std::size_t before = member->key;
  while (is_space(object_text[before - 1])) --before;  // stops at the comma or the brace
  if (object_text[before - 1] == ',') return Splice{before - 1, member->end - before + 1, {}};
  const std::size_t after = skip_space(object_text, member->end);
  const bool more = after < object_text.size() && object_text[after] == ',';
  return Splice{member->key, (more ? after + 1 : member->end) - member->key, {}};
}

}  // namespace penstock::json
