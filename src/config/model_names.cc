#include "config/model_names.h"

#include <algorithm>

namespace penstock::config {

namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

std::string lower(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (is_upper(c)) c = static_cast<char>(c | 0x20);
  }
  return text;
}

}  // namespace

void ModelNames::read(MapReader& map, std::size_t entry) {
  const Node* names = map.required("models");
  if (names == nullptr) return;
  map.texts("models");  // says where one is no text
  if (names->kind == Node::Kind::kScalar) add(names->scalar, entry, *names, map.diagnostics());
  for (const Node& one : names->items) {
    if (one.kind == Node::Kind::kScalar) add(one.scalar, entry, one, map.diagnostics());
  }
}

void ModelNames::add(std::string name, std::size_t entry, const Node& at,
                     Diagnostics& diagnostics) {
  const bool beginning = name.ends_with('*');
  if (beginning) name.pop_back();
  const bool usable = (beginning || !name.empty()) && name.find('*') == std::string::npos &&
                      std::none_of(name.begin(), name.end(), is_upper);
  if (!usable) {
    diagnostics.error(at,
                      "`" + at.scalar + "`: write a name in lower case, with `*` at its end alone");
    return;
  }
  Places& places = beginning ? beginnings_ : names_;
  const auto [known, added] = places.emplace(name, Place{entry, at.where.line});
  if (!added) {
    diagnostics.error(at, "`" + at.scalar + "` stands in line " +
                              std::to_string(known->second.line) + " already; remove one of them");
  }
}

std::optional<std::size_t> ModelNames::find(std::string_view name) const {
  const std::string wanted = lower(name);
  const Place* found = look_up(wanted);
  const std::size_t slash = wanted.rfind('/');
  if (found == nullptr && slash != std::string::npos) {
    found = look_up(std::string_view(wanted).substr(slash + 1));
  }
  if (found != nullptr) return found->entry;
  const auto rest = beginnings_.find("");
  return rest == beginnings_.end() ? std::nullopt : std::optional(rest->second.entry);
}

/// Without the entry that takes every name.
const ModelNames::Place* ModelNames::look_up(std::string_view name) const {
  if (const auto found = names_.find(name); found != names_.end()) return &found->second;
  // The longest beginning is the greatest that is not greater than the name, or shares the part
  // with it in which the two agree.
  while (!name.empty()) {
    auto next = beginnings_.upper_bound(name);
    if (next == beginnings_.begin()) return nullptr;
    const std::string& candidate = (--next)->first;
    if (candidate.empty()) return nullptr;
    if (name.starts_with(candidate)) return &next->second;
    const auto differs =
        std::mismatch(name.begin(), name.end(), candidate.begin(), candidate.end());
    name = name.substr(0, static_cast<std::size_t>(differs.first - name.begin()));
  }
  return nullptr;
}

}  // namespace penstock::config
