#include "schema/metaschemas.h"

#include <array>

#include "base/check.h"
#include "schema/builtin.h"

namespace penstock::schema {

namespace {

struct Metaschema {
  std::string_view uri;
  std::string_view name;
};

constexpr auto kMetaschemas = std::to_array<Metaschema>({
    {"http://json-schema.org/draft-07/schema", "draft-07"},
    {"https://json-schema.org/draft/2020-12/schema", "draft-2020-12"},
    {"https://json-schema.org/draft/2020-12/meta/core", "draft-2020-12-core"},
    {"https://json-schema.org/draft/2020-12/meta/applicator", "draft-2020-12-applicator"},
    {"https://json-schema.org/draft/2020-12/meta/unevaluated", "draft-2020-12-unevaluated"},
    {"https://json-schema.org/draft/2020-12/meta/validation", "draft-2020-12-validation"},
    {"https://json-schema.org/draft/2020-12/meta/meta-data", "draft-2020-12-meta-data"},
    {"https://json-schema.org/draft/2020-12/meta/format-annotation", "draft-2020-12-format"},
    {"https://json-schema.org/draft/2020-12/meta/content", "draft-2020-12-content"},
});

}  // namespace

std::shared_ptr<const ExactText> find_metaschema(std::string_view uri) {
  for (const Metaschema& known : kMetaschemas) {
    if (known.uri != uri) continue;
    auto text = ExactText::parse(builtin(known.name));
    PENSTOCK_CHECK(text.has_value(), "the meta-schemas are JSON, as the tests show");
    return std::make_shared<const ExactText>(std::move(*text));
  }
  return nullptr;
}

}  // namespace penstock::schema
