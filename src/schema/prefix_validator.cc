#include "schema/prefix_validator.h"

#include <algorithm>
#include <utility>

#include "schema/messages.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

// See Pattern::work.
constexpr std::uint64_t kMaxMatching = 400'000'000;
constexpr std::size_t kMaxSeenWords = std::size_t{1} << 16;
constexpr std::size_t kBits = 64;
constexpr std::uint64_t kNoBound = std::numeric_limits<std::uint64_t>::max();

/// Whether one of the values has one of these types.
bool has_value_of(const ValueRules& rules, TypeSet types) {
  if (types & kString) return rules.texts.size() > 0;
  return std::any_of(rules.others.begin(), rules.others.end(),
                     [types](element value) { return (Instance::of(value).type & types) != 0; });
}

}  // namespace

PrefixValidator::PrefixValidator(const PrefixPlan& plan)
    : plan_(plan), matching_left_(kMaxMatching) {}

std::optional<Violation> PrefixValidator::feed(std::string_view text) {
  if (reader_.feed(text, *this)) return std::nullopt;
  return violation();
}

std::optional<Violation> PrefixValidator::finish() {
  if (reader_.finish(*this)) return std::nullopt;
  return violation();
}

bool PrefixValidator::begin(TypeSet type) {
  Frame frame{type, static_cast<std::uint32_t>(watches_.size()),
              static_cast<std::uint32_t>(choices_.size()), seen_.size(), names_.size()};
  if (frames_.empty()) {
    push(0, kNone, kNone);
  } else if (frames_.back().type == kArray) {
    if (frames_.back().count == 0 && !has_room(frames_.back())) return false;
    push_watches_of_item(frames_.back());
  } else {
    for (const Pending& pending : pending_) push(pending.node, pending.parent, kNone);
  }
  frames_.push_back(frame);
  for (std::uint32_t i = frame.first_watch; i < watches_.size(); ++i) {
    if (!expand(i, type)) return false;
  }
  find_needs(frame);
  return true;
}

// Beyond the bound a schema is not watched, which refuses nothing.
void PrefixValidator::push(NodeId node, std::uint32_t parent, std::uint32_t choice) {
  if (watches_.size() < kMaxWatches) watches_.push_back({node, parent, choice});
}

void PrefixValidator::push_branches(const Choice& choice, std::uint32_t parent) {
  const std::size_t count = choice.branches.size();
  if (watches_.size() + count > kMaxWatches) return;
  const auto place = static_cast<std::uint32_t>(choices_.size());
  choices_.push_back({static_cast<std::uint32_t>(count), choice.exactly_one});
  for (const NodeId branch : choice.branches) push(branch, parent, place);
}

void PrefixValidator::push_watches_of_item(const Frame& array) {
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (std::uint32_t i = array.first_watch; i < end; ++i) {
    const Node& node = node_of(i);
    if (!watches_[i].live || !node.array) continue;
    const ArrayRules& rules = *node.array;
    const NodeId item = array.count < rules.prefix.size() ? rules.prefix[array.count] : rules.items;
    if (item != kNoNode) push(item, i, kNone);
  }
}

// The type of the value is known. Watches further schemas on it.
bool PrefixValidator::expand(std::uint32_t index, TypeSet type) {
  if (!watches_[index].live) return true;
  const Node& node = node_of(index);
  if (node.refuses_all) {
    return !fell(index) || tell(node, "false", "no value is allowed here");
  }
  if (!(node.types & type)) {
    return !fell(index) || tell(node, "type", type_names(node.types), type_names(type));
  }
  if (node.values && !has_value_of(*node.values, type)) {
    return refuse_value(index, type_names(type));
  }
  if (node.values && type == kString) {
    watches_[index].to =
        static_cast<std::uint32_t>(plan_.values(watches_[index].node)->texts.size());
  }
  if (node.object && type == kObject) {
    const std::size_t words = (node.object->names.size() + kBits - 1) / kBits;
    if (seen_.size() + words > kMaxSeenWords) {
      watches_[index].live = false;  // given up: nothing falls with it
      return true;
    }
    watches_[index].seen_at = seen_.size();
    seen_.resize(seen_.size() + words);
  }
  if (!node.in_place) return true;
  // What these rest on is not known before the value is whole: not, if, dependent*, $dynamicRef.
  for (const NodeId id : node.in_place->all) push(id, index, kNone);
  for (const Choice& choice : node.in_place->choices) push_branches(choice, index);
  return true;
}

// What has to be kept of a scalar.
void PrefixValidator::find_needs(const Frame& frame) {
  text_.clear();
  bytes_ = 0;
  characters_ = 0;
  needs_text_ = false;
  needs_bytes_ = false;
  counts_characters_ = false;
  wants_integer_ = false;
  needs_value_ = false;
  most_characters_ = kNoBound;
  for (std::size_t i = frame.first_watch; i < watches_.size(); ++i) {
    if (!watches_[i].live) continue;
    const Node& node = plan_.node(watches_[i].node);
    if (frame.type == kString) {
      needs_bytes_ = needs_bytes_ || node.values != nullptr;
      if (node.string) {
        const StringRules& rules = *node.string;
        most_characters_ = std::min(most_characters_, rules.length.max);
        counts_characters_ = counts_characters_ || rules.length.min > 0;
        needs_text_ = needs_text_ || rules.pattern || rules.format != nullptr;
      }
    } else if (frame.type == kNumber) {
      wants_integer_ = wants_integer_ || (node.types & kNumber) != kNumber;
      needs_value_ = needs_value_ || node.number || node.values || !(node.types & kInteger);
    }
  }
  needs_text_ = needs_text_ || wants_integer_ || needs_value_;
  counts_characters_ = counts_characters_ || needs_bytes_ || most_characters_ < kNoBound;
}

std::size_t PrefixValidator::piece(std::string_view text) {
  if (in_name_) return see_name(text);
  switch (frames_.back().type) {
    case kString:
      return see_string(text);
    case kNumber:
      if (needs_text_) text_.append(text);
      return text.size();
    case kBoolean: {
      const bool first = std::exchange(bytes_, 1) == 0;
      return first && !see_boolean(text.front() == 't') ? 0 : text.size();
    }
    default:
      return text.size();
  }
}

bool PrefixValidator::end() {
  const Frame frame = frames_.back();
  if (frame.type == kNumber && needs_text_ && !end_number(frame)) return false;
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (std::uint32_t i = frame.first_watch; i < end; ++i) {
    if (!watches_[i].live) continue;
    const bool fits = frame.type == kString   ? end_string(i)
                      : frame.type == kArray  ? end_array(frame, i)
                      : frame.type == kObject ? end_object(frame, i)
                                              : true;
    if (!fits) return false;
  }
  frames_.pop_back();
  watches_.resize(frame.first_watch, Watch{});
  choices_.resize(frame.first_choice, OpenChoice{});
  seen_.resize(frame.first_seen);
  names_.resize(frame.name_at);
  if (!frames_.empty()) ++frames_.back().count;
  return true;
}

bool PrefixValidator::next() {
  return has_room(frames_.back());
}

// Whether one more item or member may come.
bool PrefixValidator::has_room(const Frame& frame) {
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (std::uint32_t i = frame.first_watch; i < end; ++i) {
    if (watches_[i].live && !may_grow(frame, i)) return false;
  }
  return true;
}

bool PrefixValidator::may_grow(const Frame& frame, std::uint32_t index) {
  const Node& node = node_of(index);
  if (frame.type == kArray) {
    if (!node.array) return true;
    const ArrayRules& rules = *node.array;
    if (frame.count >= rules.size.max) {
      return refuse_size(index, kArray, rules.size, frame.count + 1);
    }
    const bool in_prefix = frame.count < rules.prefix.size();
    const NodeId item = in_prefix ? rules.prefix[frame.count] : rules.items;
    if (item == kNoNode || !plan_.node(item).refuses_all) return true;
    return !fell(index) || tell(node, in_prefix ? "prefixItems" : "items",
                                "no item is allowed at " + std::to_string(frame.count));
  }
  if (!node.object) return true;
  if (frame.count >= node.object->size.max) {
    return refuse_size(index, kObject, node.object->size, frame.count + 1);
  }
  Watch& watch = watches_[index];
  const SortedWords* names = plan_.names(watch.node);
  if (names == nullptr) return true;
  watch.from = 0;
  watch.to = static_cast<std::uint32_t>(names->texts.size());
  return has_unseen(watch, *names) || refuse_name(index, "");
}

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

bool PrefixValidator::end_array(const Frame& frame, std::uint32_t index) {
  const Node& node = node_of(index);
  if (!node.array || frame.count >= node.array->size.min) return true;
  return refuse_size(index, kArray, node.array->size, frame.count);
}

bool PrefixValidator::end_object(const Frame& frame, std::uint32_t index) {
  const Node& node = node_of(index);
  if (!node.object) return true;
  const ObjectRules& rules = *node.object;
  if (frame.count < rules.size.min) return refuse_size(index, kObject, rules.size, frame.count);
  for (const std::uint32_t place : rules.required) {
    if (is_seen(watches_[index], place)) continue;
    return !fell(index) ||
           tell(node, "required", "the field " + quoted(rules.names.name(place)) + " is required");
  }
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

bool PrefixValidator::fell(std::uint32_t index) {
  of_choice_ = false;
  while (true) {
    Watch& watch = watches_[index];
    if (!watch.live) return false;
    watch.live = false;
    if (watch.choice != kNone && --choices_[watch.choice].live > 0) return false;
    of_choice_ = of_choice_ || watch.choice != kNone;
    if (watch.parent == kNone) return true;
    index = watch.parent;
  }
}

}  // namespace penstock::schema
