// How references are followed.

#include <algorithm>
#include <charconv>

#include "schema/catalogue.h"
#include "schema/uri.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// RFC 6901 section 4.
std::string unescaped(std::string_view token) {
  std::string text;
  for (std::size_t at = 0; at < token.size(); ++at) {
    const bool escape = token[at] == '~' && at + 1 < token.size();
    if (escape && (token[at + 1] == '0' || token[at + 1] == '1')) {
      text += token[++at] == '0' ? '~' : '/';
    } else {
      text += token[at];
    }
  }
  return text;
}

std::optional<std::size_t> index_of_token(std::string_view token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  if (token.size() > 1 && token.front() == '0') return std::nullopt;
  return index;
}

std::optional<element> step(element from, const std::string& token, Budget& budget) {
  element to;
  if (from.is_object()) {
    const object members = from.get_object().value_unsafe();
    if (!budget.spend(size_of(members))) return std::nullopt;
    if (members.at_key(token).get(to) == simdjson::SUCCESS) return to;
  } else if (from.is_array()) {
    const auto index = index_of_token(token);
    const auto items = from.get_array().value_unsafe();
    if (!index || !budget.spend(*index)) return std::nullopt;
    if (items.at(*index).get(to) == simdjson::SUCCESS) return to;
  }
  return std::nullopt;
}

}  // namespace

Result<Place> Catalogue::resolve(std::uint32_t from, std::string_view reference) {
  const std::string whole = resolve_uri(resources_[from].uri, reference);
  const std::string uri(without_fragment(whole));
  std::uint32_t id = from;
  if (uri != resources_[from].uri) id = TRY(find_resource(uri, resources_[from].dialect));
  const std::string_view fragment =
      std::string_view(whole).substr(std::min(uri.size() + 1, whole.size()));
  const auto pointer = percent_decoded(fragment);
  if (pointer && pointer->empty()) return Place{resources_[id].root, resources_[id].path, id};
  if (pointer && pointer->front() == '/') return follow(id, *pointer);
  const auto anchor = pointer ? anchors_.find({id, *pointer}) : anchors_.end();
  if (anchor == anchors_.end()) return internal_error(named(reference) + " points to nothing");
  return anchor->second.place;
}

Result<Place> Catalogue::follow(std::uint32_t resource, std::string_view pointer) {
  Place place{resources_[resource].root, resources_[resource].path, resource};
  std::string_view rest = pointer;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string token = unescaped(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(rest.find('/'), rest.size()));
    const auto next = step(place.schema, token, budget_);
    if (budget_.is_spent()) return internal_error("the schema has too many references");
    if (!next) return internal_error(named("#" + std::string(pointer)) + " points to nothing");
    place = below(place, *next, path_below(place.path, token));
  }
  return place;
}

std::optional<std::string_view> Catalogue::dynamic_anchor_of(std::uint32_t from,
                                                             std::string_view reference) {
  const std::string whole = resolve_uri(resources_[from].uri, reference);
  const auto known = by_uri_.find(without_fragment(whole));
  const std::size_t mark = whole.find('#');
  if (known == by_uri_.end() || mark == std::string::npos) return std::nullopt;
  const auto anchor = anchors_.find({known->second, std::string_view(whole).substr(mark + 1)});
  if (anchor == anchors_.end() || !anchor->second.dynamic) return std::nullopt;
  return anchor->first.second;
}

std::map<std::uint32_t, Place> Catalogue::dynamic_anchors(std::string_view name) const {
  std::map<std::uint32_t, Place> places;
  for (const auto& [key, anchor] : anchors_) {
    if (anchor.dynamic && key.second == name) places.emplace(key.first, anchor.place);
  }
  return places;
}

}  // namespace penstock::schema
