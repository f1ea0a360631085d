#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "penstock/result.h"

#include "schema/exact_text.h"
#include "schema/instance.h"
#include "schema/schema.h"
#include "schema/vocabulary.h"

namespace penstock::schema {

/// A schema with an address of its own: a document, or a part of one that has a $id.
struct Resource {
  simdjson::dom::element root;
  std::string path;  // of the root, as in Violation::schema_path
  std::string uri;   // absolute unless nobody gave it one; without a fragment
  Dialect dialect;
};

/// A place in a document that is read as a schema.
struct Place {
  simdjson::dom::element schema;
  std::string path;
  std::uint32_t resource = 0;
};

/// The path of a member of what stands at `path`.
std::string path_below(std::string_view path, std::string_view member);

/// In back quotes, for a message; cut where it is long.
std::string named(std::string_view text);

/// All schemas that references can reach, found by their addresses: draft 2020-12 core, sections 8
/// and 9, draft 7 core, section 8. Documents are read when a reference first needs them.
///
/// Errors (detail) name the place.
class Catalogue {
 public:
  /// What `options` points to, and `texts`, to which it adds, outlive this.
  Catalogue(const CompileOptions& options, std::vector<std::shared_ptr<const ExactText>>& texts);

  /// Takes the schema itself; resource 0.
  Result<Place> add_root(std::shared_ptr<const ExactText> text);

  /// What a reference that stands in `from` leads to.
  Result<Place> resolve(std::uint32_t from, std::string_view reference);

  /// The place of a member of `parent`, or of an element of a member; in another resource than
  /// `parent` where it has a $id.
  Place below(const Place& parent, simdjson::dom::element schema, std::string path) const;

  /// The $dynamicAnchor of that name in each resource.
  std::map<std::uint32_t, Place> dynamic_anchors(std::string_view name) const;
  /// The name, if that is what the reference leads to.
  std::optional<std::string_view> dynamic_anchor_of(std::uint32_t from, std::string_view reference);

  const Resource& resource(std::uint32_t id) const { return resources_[id]; }

 private:
  struct Anchor {
    Place place;
    bool dynamic = false;
  };
  using AnchorKey = std::pair<std::uint32_t, std::string_view>;

  Result<std::uint32_t> add_document(std::shared_ptr<const ExactText> text, std::string_view uri,
                                     std::string path, Dialect dialect);
  Result<void> scan(Place place, std::vector<Place>& rest);
  Result<void> identify(Place& place, simdjson::dom::object schema, std::string_view id);
  Result<void> add_anchors(const Place& place, simdjson::dom::object schema);
  Result<void> add_anchor(const Place& place, std::string_view name, bool dynamic);

  Result<Dialect> dialect_of(simdjson::dom::object schema, const std::string& path,
                             Dialect otherwise);
  Result<Dialect> custom_dialect(std::string_view uri, int hops);
  std::shared_ptr<const ExactText> find_text(std::string_view uri) const;
  Result<std::uint32_t> find_resource(const std::string& uri, Dialect dialect);
  Result<Place> follow(std::uint32_t resource, std::string_view pointer);

  const CompileOptions& options_;
  std::vector<std::shared_ptr<const ExactText>>& texts_;
  std::vector<Resource> resources_;
  std::map<std::string, std::uint32_t, std::less<>> by_uri_;
  std::map<AnchorKey, Anchor> anchors_;
  // By the first key of its root, whose address in the text belongs to it alone.
  std::unordered_map<const char*, std::uint32_t> by_root_;
  Budget budget_;
};

/// What tells an object of a text from all others: the address of its first key. Null: it is empty,
/// or no object.
const char* identity_of(simdjson::dom::element value);

}  // namespace penstock::schema
