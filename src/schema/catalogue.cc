#include "schema/catalogue.h"

#include "schema/metaschemas.h"
#include "schema/uri.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxUriBytes = 2048;
constexpr std::size_t kMaxResources = 10'000;
constexpr int kMaxDialectHops = 8;
// Names that are compared on the way along pointers, bytes of paths.
constexpr std::uint64_t kMaxSteps = 50'000'000;

std::optional<element> find(object schema, std::string_view keyword) {
  element value;
  if (schema.at_key(keyword).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

Error error_at(std::string_view path, std::string_view keyword, std::string_view what) {
  return internal_error("at " + path_below(path, keyword) + ": " + std::string(what));
}

// Absent is nullopt.
Result<std::optional<std::string_view>> text_of(object schema, std::string_view keyword,
                                                const std::string& path) {
  const auto value = find(schema, keyword);
  if (!value) return std::nullopt;
  if (!value->is_string()) return error_at(path, keyword, "expected a string");
  return value->get_string().value_unsafe();
}

// Draft 7 reads nothing beside a $ref.
bool only_refers(object schema, const Dialect& dialect) {
  return dialect.draft == Draft::k7 && find(schema, "$ref").has_value();
}

}  // namespace

const char* identity_of(element value) {
  if (!value.is_object()) return nullptr;
  const object members = value.get_object().value_unsafe();
  const auto first = members.begin();
  return first != members.end() ? first.key_c_str() : nullptr;
}

std::string named(std::string_view text) {
  constexpr std::size_t kMaxBytes = 200;
  return "`" + std::string(text.substr(0, kMaxBytes)) + (text.size() > kMaxBytes ? "...`" : "`");
}

std::string path_below(std::string_view path, std::string_view member) {
  std::string below(path);
  below += '/';
  for (const char letter : member) {
    if (letter == '~') {
      below += "~0";
    } else if (letter == '/') {
      below += "~1";
    } else {
      below += letter;
    }
  }
  return below;
}

Catalogue::Catalogue(const CompileOptions& options,
                     std::vector<std::shared_ptr<const ExactText>>& texts)
    : options_(options), texts_(texts), budget_(kMaxSteps) {}

Result<Place> Catalogue::add_root(std::shared_ptr<const ExactText> text) {
  Dialect dialect;
  dialect.draft = options_.draft;
  TRY(add_document(std::move(text), options_.base_uri, "", dialect));
  return Place{resources_[0].root, "", 0};
}

Result<std::uint32_t> Catalogue::add_document(std::shared_ptr<const ExactText> text,
                                              std::string_view uri, std::string path,
                                              Dialect dialect) {
  const auto id = static_cast<std::uint32_t>(resources_.size());
  const element root = text->root();
  texts_.push_back(std::move(text));
  if (root.is_object()) {
    dialect = TRY(dialect_of(root.get_object().value_unsafe(), path, dialect));
  }
  resources_.push_back({root, path, std::string(without_fragment(uri)), dialect});
  by_uri_.emplace(resources_[id].uri, id);
  if (const char* identity = identity_of(root)) by_root_.emplace(identity, id);
  // A queue instead of recursion, so that no schema can take the stack.
  std::vector<Place> rest{{root, std::move(path), id}};
  while (!rest.empty()) {
    Place next = std::move(rest.back());
    rest.pop_back();
    TRY_VOID(scan(std::move(next), rest));
  }
  return id;
}

Result<void> Catalogue::scan(Place place, std::vector<Place>& rest) {
  if (!place.schema.is_object()) return {};
  const object schema = place.schema.get_object().value_unsafe();
  if (only_refers(schema, resources_[place.resource].dialect)) return {};
  if (const auto id = TRY(text_of(schema, "$id", place.path))) {
    TRY_VOID(identify(place, schema, *id));
  }
  TRY_VOID(add_anchors(place, schema));
  const Dialect dialect = resources_[place.resource].dialect;
  const auto add = [&](element part, std::string path) {
    // Paths as long as the text, for each of its parts, would be more than memory holds.
    if (budget_.spend(path.size())) rest.push_back({part, std::move(path), place.resource});
  };
  for (const auto [name, value] : schema) {
    const auto keyword = find_keyword(name);
    if (!keyword) continue;
    const KeywordInfo& info = all_keywords()[*keyword];
    if (info.holds == Holds::kNoSchema || !dialect.has(info)) continue;
    const std::string path = path_below(place.path, name);
    if (value.is_array() && info.holds != Holds::kSchema) {
      std::size_t index = 0;
      for (const auto items = value.get_array().value_unsafe(); const element item : items) {
        add(item, path_below(path, std::to_string(index++)));
      }
    } else if (value.is_object() && info.holds == Holds::kSchemasByName) {
      for (const auto members = value.get_object().value_unsafe();
           const auto [member, item] : members) {
        add(item, path_below(path, member));
      }
    } else {
      add(value, path);
    }
  }
  if (budget_.is_spent()) return internal_error("the schema is too large");
  return {};
}

Result<void> Catalogue::identify(Place& place, object schema, std::string_view id) {
  const Resource& around = resources_[place.resource];
  const bool draft_7 = around.dialect.draft == Draft::k7;
  const UriParts parts = split_uri(id);
  const std::string_view address = without_fragment(id);
  if (!draft_7 && parts.fragment && !parts.fragment->empty()) {
    return error_at(place.path, "$id", "a fragment is not allowed; use $anchor");
  }
  if (!address.empty()) {
    std::string uri = resolve_uri(around.uri, address);
    if (uri.size() > kMaxUriBytes) return error_at(place.path, "$id", "the URI is too long");
    const bool is_root = place.path == around.path;
    if (is_root) {
      resources_[place.resource].uri = uri;
    } else {
      if (resources_.size() == kMaxResources)
        return error_at(place.path, "$id", "too many of them");
      const Dialect dialect = TRY(dialect_of(schema, place.path, around.dialect));
      place.resource = static_cast<std::uint32_t>(resources_.size());
      resources_.push_back({place.schema, place.path, uri, dialect});
      by_root_.emplace(identity_of(place.schema), place.resource);
    }
    const auto [entry, fresh] = by_uri_.emplace(uri, place.resource);
    if (!fresh && entry->second != place.resource) {
      return error_at(place.path, "$id", "another schema has the URI " + named(uri));
    }
  }
  if (draft_7 && parts.fragment && !parts.fragment->empty()) {
    return add_anchor(place, *parts.fragment, false);
  }
  return {};
}

Result<void> Catalogue::add_anchors(const Place& place, object schema) {
  if (resources_[place.resource].dialect.draft == Draft::k7) return {};
  for (const std::string_view keyword : {"$anchor", "$dynamicAnchor"}) {
    const auto name = TRY(text_of(schema, keyword, place.path));
    if (name) TRY_VOID(add_anchor(place, *name, keyword == "$dynamicAnchor"));
  }
  return {};
}

Result<void> Catalogue::add_anchor(const Place& place, std::string_view name, bool dynamic) {
  const auto [entry, fresh] =
      anchors_.emplace(AnchorKey{place.resource, name}, Anchor{place, dynamic});
  // One schema may give the same name to both.
  if (!fresh && identity_of(entry->second.place.schema) != identity_of(place.schema)) {
    return internal_error("at " + place.path + ": another schema has the anchor " + named(name));
  }
  entry->second.dynamic |= dynamic;
  return {};
}

Place Catalogue::below(const Place& parent, element schema, std::string path) const {
  Place place{schema, std::move(path), parent.resource};
  if (const char* identity = identity_of(schema)) {
    if (const auto found = by_root_.find(identity); found != by_root_.end()) {
      place.resource = found->second;
    }
  }
  return place;
}

Result<Dialect> Catalogue::dialect_of(object schema, const std::string& path, Dialect otherwise) {
  const auto uri = TRY(text_of(schema, "$schema", path));
  otherwise.assert_formats |= options_.assert_formats;
  if (!uri) return otherwise;
  auto dialect = custom_dialect(*uri, kMaxDialectHops);
  if (!dialect) return error_at(path, "$schema", dialect.error().detail);
  dialect->assert_formats |= options_.assert_formats;
  return *dialect;
}

Result<Dialect> Catalogue::custom_dialect(std::string_view uri, int hops) {
  Dialect dialect;
  if (const auto draft = draft_of(uri)) {
    dialect.draft = *draft;
    return dialect;
  }
  const auto text = hops > 0 ? find_text(without_fragment(uri)) : nullptr;
  if (text == nullptr || !text->root().is_object()) {
    return internal_error("unsupported dialect " + named(uri) +
                          "; draft 2020-12 and draft 7 are, and meta-schemas among the documents");
  }
  const object schema = text->root().get_object().value_unsafe();
  const auto parent = TRY(text_of(schema, "$schema", ""));
  if (parent) dialect = TRY(custom_dialect(*parent, hops - 1));
  const auto vocabulary = find(schema, "$vocabulary");
  if (!vocabulary || !vocabulary->is_object()) return dialect;
  Dialect chosen{dialect.draft, false, false, false, false};
  for (const auto members = vocabulary->get_object().value_unsafe();
       const auto [name, required] : members) {
    if (!add_vocabulary(chosen, name) && required.is_bool() && required.get_bool().value_unsafe()) {
      return internal_error("unsupported vocabulary " + named(name));
    }
  }
  return chosen;
}

std::shared_ptr<const ExactText> Catalogue::find_text(std::string_view uri) const {
  if (options_.documents != nullptr) {
    if (auto text = options_.documents->find(uri)) return text;
  }
  return find_metaschema(uri);
}

Result<std::uint32_t> Catalogue::find_resource(const std::string& uri, Dialect dialect) {
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return known->second;
  auto text = find_text(uri);
  if (text == nullptr) {
    return internal_error("no schema with the URI " + named(uri) + " was given");
  }
  // It may be known by another of its URIs.
  if (const auto known = by_root_.find(identity_of(text->root())); known != by_root_.end()) {
    by_uri_.emplace(uri, known->second);
    return known->second;
  }
  return add_document(std::move(text), uri, uri + "#", Dialect{.draft = dialect.draft});
}

}  // namespace penstock::schema
