#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/schema.h"

namespace penstock::schema {

/// Groups of keywords, the vocabularies of draft 2020-12. Draft 7 has them all, without names.
enum class Vocabulary : std::uint8_t {
  kCore,
  kApplicator,
  kUnevaluated,
  kValidation,
  kFormat,
  kNotes,  // content and meta-data
};

/// What the value of a keyword holds that is a schema itself.
enum class Holds : std::uint8_t { kNoSchema, kSchema, kSchemas, kSchemaOrList, kSchemasByName };

struct KeywordInfo {
  std::string_view name;
  Vocabulary vocabulary;
  Holds holds;
  bool in_7;
  bool in_2020_12;
};

std::span<const KeywordInfo> all_keywords();
/// The place in all_keywords(); nullopt: no draft has it.
std::optional<std::size_t> find_keyword(std::string_view name);
/// The keyword that was meant by a name, if there is one that looks like it.
std::optional<std::string> nearest_keyword(std::string_view name);

/// How a schema is to be read.
struct Dialect {
  Draft draft = Draft::k2020_12;
  bool applicator = true;
  bool unevaluated = true;
  bool validation = true;
  bool assert_formats = false;

  bool has(const KeywordInfo& keyword) const noexcept;
};

/// The draft whose meta-schema this is.
std::optional<Draft> draft_of(std::string_view uri);
/// Notes that a meta-schema's $vocabulary names this one; false: the URI is not known.
bool add_vocabulary(Dialect& dialect, std::string_view uri);

}  // namespace penstock::schema
