// What a PrefixValidator finds out of the names of members.

#include <algorithm>

#include "schema/prefix_validator.h"

namespace penstock::schema {

bool PrefixValidator::begin_name() {
  const Frame& frame = frames_.back();
  names_.resize(frame.name_at);
  bytes_ = 0;
  in_name_ = true;
  return frame.count > 0 || has_room(frame);
}

std::size_t PrefixValidator::see_name(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t step = sure_bytes_of_name(text.substr(at));
    if (step == 0) {
      step = 1;
      names_.push_back(text[at]);
      if (!see_byte_of_name(text[at])) return at;
    } else {
      names_.append(text, at, step);
    }
    at += step;
    bytes_ += step;
  }
  return text.size();
}

// How many bytes need no look, because each watch has one name left, which goes on like this.
std::size_t PrefixValidator::sure_bytes_of_name(std::string_view text) const {
  std::size_t sure = text.size();
  for (std::size_t i = frames_.back().first_watch; i < watches_.size(); ++i) {
    const Watch& watch = watches_[i];
    const SortedWords* names = watch.live ? plan_.names(watch.node) : nullptr;
    if (names == nullptr) continue;
    if (watch.to - watch.from != 1) return 0;
    const std::string_view rest = names->texts[watch.from].substr(bytes_);
    const auto common = std::mismatch(text.begin(), text.end(), rest.begin(), rest.end());
    sure = std::min(sure, static_cast<std::size_t>(common.first - text.begin()));
  }
  return sure;
}

bool PrefixValidator::see_byte_of_name(char byte) {
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (auto i = frames_.back().first_watch; i < end; ++i) {
    Watch& watch = watches_[i];
    const SortedWords* names = watch.live ? plan_.names(watch.node) : nullptr;
    if (names == nullptr) continue;
    const bool known = narrow(watch, *names, bytes_, byte) && has_unseen(watch, *names);
    if (!known && !refuse_name(i, open_name(frames_.size() - 1))) return false;
  }
  return true;
}

bool PrefixValidator::end_name() {
  in_name_ = false;
  pending_.clear();
  const Frame& frame = frames_.back();
  const std::string_view name = open_name(frames_.size() - 1);
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (std::uint32_t i = frame.first_watch; i < end; ++i) {
    const bool asks = watches_[i].live && node_of(i).object;
    if (asks && !end_name(i, name)) return false;
  }
  return true;
}

// Finds the schemas of the member. A watch that falls here leaves some behind, which do no harm.
bool PrefixValidator::end_name(std::uint32_t index, std::string_view name) {
  const Node& node = node_of(index);
  const ObjectRules& rules = *node.object;
  const std::uint32_t place = rules.names.find(name);
  NodeId schema = kNoNode;
  if (place != NameTable::kNone) {
    const Watch& watch = watches_[index];
    if (is_seen(watch, place)) {
      return !fell(index) || tell(node, "duplicate", "the field stands there twice");
    }
    seen_[watch.seen_at + place / kBits] |= std::uint64_t{1} << place % kBits;
    schema = rules.members[place];
    if (schema != kNoNode && plan_.node(schema).refuses_all) return refuse_name(index, name);
  }
  if (schema != kNoNode) pending_.push_back({schema, index});
  if (!rules.patterns.empty()) return end_pattern_name(index, name, schema != kNoNode);
  if (schema != kNoNode || rules.additional == kNoNode) return true;
  if (plan_.node(rules.additional).refuses_all) return refuse_name(index, name);
  pending_.push_back({rules.additional, index});
  return true;
}

bool PrefixValidator::end_pattern_name(std::uint32_t index, std::string_view name, bool known) {
  const ObjectRules& rules = *node_of(index).object;
  for (const ObjectRules::ByPattern& rule : rules.patterns) {
    const std::uint64_t work = rule.pattern.work(name);
    if (work > matching_left_) return true;  // given up
    matching_left_ -= work;
    if (!rule.pattern.matches(name)) continue;
    known = true;
    pending_.push_back({rule.schema, index});
  }
  if (known || rules.additional == kNoNode) return true;
  if (plan_.node(rules.additional).refuses_all) return refuse_name(index, name);
  pending_.push_back({rules.additional, index});
  return true;
}

bool PrefixValidator::is_seen(const Watch& watch, std::uint32_t place) const {
  return (seen_[watch.seen_at + place / kBits] >> place % kBits & 1) != 0;
}

// A word that the name may still become has not been there yet.
bool PrefixValidator::has_unseen(const Watch& watch, const SortedWords& words) const {
  for (std::uint32_t i = watch.from; i < watch.to; ++i) {
    if (!is_seen(watch, words.places[i])) return true;
  }
  return false;
}

// Leaves the words that have this byte there, among those that have all before it.
bool PrefixValidator::narrow(Watch& watch, const SortedWords& words, std::size_t at,
                             char byte) const {
  const auto has_byte = [&words, at, byte](std::uint32_t word) {
    const std::string_view text = words.texts[word];
    return text.size() > at && text[at] == byte;
  };
  // Those with a common beginning stand together, so this leaves no gap.
  while (watch.from < watch.to && !has_byte(watch.from)) ++watch.from;
  while (watch.from < watch.to && !has_byte(watch.to - 1)) --watch.to;
  return watch.from < watch.to;
}

}  // namespace penstock::schema
