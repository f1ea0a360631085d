// Addresses, names of hosts, mailboxes.

#include <algorithm>

#include "schema/formats/format_reader.h"
#include "schema/formats/formats.h"

namespace penstock::schema {

namespace {

constexpr std::size_t kMaxLabel = 63;      // RFC 1035 section 2.3.4
constexpr std::size_t kMaxName = 253;      // 255 with the lengths of its labels
constexpr std::size_t kMaxLocalPart = 64;  // RFC 5321 section 4.5.3.1.1

bool is_label(std::string_view label) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  // Reserved for A-labels and their kin, RFC 5891 section 4.2.3.1.
  const bool reserved = label.size() > 3 && label[2] == '-' && label[3] == '-';
  const bool a_label = reserved && (label[0] | 32) == 'x' && (label[1] | 32) == 'n';
  if (reserved && !a_label) return false;
  return std::all_of(label.begin(), label.end(), allowed);
}

// Groups of up to four digits from one end to the other, or to an IPv4 address at the end. How
// many, the address counting for two; nullopt: something else stands there.
std::optional<int> count_groups(std::string_view text, bool ipv4_may_end) {
  if (text.empty()) return 0;
  int count = 0;
  while (true) {
    const std::string_view group = text.substr(0, text.find(':'));
    const bool last = group.size() == text.size();
    if (last && ipv4_may_end && is_ipv4(group)) return count + 2;
    if (group.empty() || group.size() > 4) return std::nullopt;
    if (!std::all_of(group.begin(), group.end(), is_hex_digit)) return std::nullopt;
    ++count;
    if (last) return count;
    text.remove_prefix(group.size() + 1);
  }
}

bool is_atom_letter(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~";  // RFC 5322 section 3.2.3
  return is_letter(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !is_atom_letter(c)) return false;
    before = c;
  }
  return before != '.';
}

bool is_quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') return false;
    if (text[at] == '\\' && ++at == text.size()) return false;
    if (text[at] < ' ' || text[at] > '~') return false;
  }
  return true;
}

bool is_mail_domain(std::string_view domain) {
  if (!domain.starts_with('[')) return is_hostname(domain);
  if (!domain.ends_with(']')) return false;
  const std::string_view literal = domain.substr(1, domain.size() - 2);
  constexpr std::string_view kIpv6 = "IPv6:";
  return literal.starts_with(kIpv6) ? is_ipv6(literal.substr(kIpv6.size())) : is_ipv4(literal);
}

}  // namespace

bool is_ipv4(std::string_view text) {
  FormatReader reader(text);
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && !reader.take('.')) return false;
    const std::string_view digits = reader.take_digits();
    if (digits.empty() || digits.size() > 3) return false;
    if (digits.size() > 1 && digits.front() == '0') return false;
    if (digits.size() == 3 && digits > "255") return false;
  }
  return reader.at_end();
}

bool is_ipv6(std::string_view text) {
  constexpr int kGroups = 8;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) == kGroups;
  const auto before = count_groups(text.substr(0, gap), false);
  const auto behind = count_groups(text.substr(gap + 2), true);
  // The gap stands for one group at least.
  return before && behind && *before + *behind < kGroups;
}

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > kMaxName) return false;
  while (true) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (!is_label(label)) return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > kMaxLocalPart) return false;
  const std::string_view local = text.substr(0, at);
  if (!is_dot_string(local) && !is_quoted_string(local)) return false;
  return is_mail_domain(text.substr(at + 1));
}

}  // namespace penstock::schema
