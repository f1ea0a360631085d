#include "interceptors/token_limit/learned_output.h"

namespace penstock::token_limit {

std::uint64_t LearnedOutput::p95(std::string_view who, std::string_view model) const {
  const NameView name = bounded(who, model);
  auto tokens = known(name);
  if (!tokens && !who.empty()) tokens = known({{}, name.second});
  return tokens.value_or(kUnknown);
}

void LearnedOutput::learn(std::string_view who, std::string_view model, std::uint64_t output_tokens,
                          MonotonicTime now) {
  const NameView name = bounded(who, model);
  if (!who.empty()) add(name, output_tokens, now);
  add({{}, name.second}, output_tokens, now);
}

std::size_t LearnedOutput::size() const {
  std::size_t size = 0;
  for (const Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    size += part.entries.size();
  }
  return size;
}

LearnedOutput::NameView LearnedOutput::bounded(std::string_view who, std::string_view model) {
  return {who.substr(0, kMostNameBytes), model.substr(0, kMostNameBytes)};
}

const LearnedOutput::Part& LearnedOutput::part_of(const NameView& name) const {
  // Whoever steers names into one part gets no more than that part.
  const std::hash<std::string_view> hash;
  return parts_[(hash(name.first) * 31 + hash(name.second)) % kParts];
}

LearnedOutput::Part& LearnedOutput::part_of(const NameView& name) {
  return const_cast<Part&>(std::as_const(*this).part_of(name));
}

std::optional<std::uint64_t> LearnedOutput::known(const NameView& name) const {
  const Part& part = part_of(name);
  const std::lock_guard lock(part.mutex);
  const auto found = part.entries.find(name);
  return found == part.entries.end() ? std::nullopt : found->second.histogram.p95();
}

void LearnedOutput::add(const NameView& name, std::uint64_t output_tokens, MonotonicTime now) {
  Part& part = part_of(name);
  const std::lock_guard lock(part.mutex);
  auto found = part.entries.find(name);
  if (found == part.entries.end()) {
    if (part.entries.size() == kMostPairs / kParts) {
      Entry& oldest = part.by_age.front();
      part.by_age.pop_front();
      part.entries.erase(part.entries.find(oldest.name));
    }
    found = part.entries.try_emplace(Name(name)).first;
    found->second.name = found->first;
  } else {
    part.by_age.erase(part.by_age.iterator_to(found->second));
  }
  part.by_age.push_back(found->second);
  found->second.histogram.add(output_tokens, now);
}

}  // namespace penstock::token_limit
