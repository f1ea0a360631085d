#include "schema/prefix_validator.h"

#include <algorithm>
#include <utility>

#include "schema/messages.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

// See Pattern::work; some 25 ms, for the event loop on which a stream is followed. What is not
// matched then is left to the verdict on the whole text.
constexpr std::uint64_t kMaxMatching = 20'000'000;
constexpr std::size_t kMaxSeenWords = std::size_t{1} << 16;
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
