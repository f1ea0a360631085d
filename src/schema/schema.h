#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/result.h"

#include "json/document.h"

namespace penstock::schema {

/// Why an instance does not fit: the first and deepest useful reason.
struct Violation {
  /// What a keyword alone does not tell.
  enum class Detail {
    kNone,
    kInteger,  // of a range: the schema wants an integer
    kEmpty,    // of a least size: nothing at all was found
  };
  std::string
      instance_path;  // as OpenAI spells `param`: messages[2].content[0].type; empty: the root
  std::string schema_path;  // JSON pointer into the schema: /properties/messages/minItems
  std::string message;      // one sentence, lower case: what was expected and what was found
  std::string keyword;      // the keyword that failed: "type", "required", "maximum", ...
  Detail detail = Detail::kNone;
};

struct Plan;

/// A JSON Schema (draft 2020-12), compiled once into a flat plan and used many times. Immutable and
/// thread-safe.
///
/// Supported: $ref within the document (to "#" or "#/..."), $defs, boolean schemas, type, enum,
/// const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern,
/// items, minItems, maxItems, properties, required, additionalProperties, propertyNames,
/// minProperties, maxProperties, allOf, anyOf, oneOf, not, if, then, else. Read over: $schema,
/// $comment, title, description, default, examples, deprecated, and $id in the root.
///
/// Where the branches of an anyOf or oneOf differ in the constant value of a member (role, type),
/// or in the type they take, the violation is that of the branch that was meant.
class Schema {
 public:
  /// Error: the text is no JSON, or holds a keyword that is not supported; `detail` names the
  /// keyword and its place.
  static Result<Schema> compile(std::string_view text);

  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  /// Nothing when the instance fits. Allocates only to describe a violation. Members that the
  /// schema names and the instance has twice are a violation too (keyword "duplicate"). So is an
  /// instance that needs more steps or deeper nesting than is sane (keyword "limit"), which takes a
  /// schema that repeats itself within anyOf. A missing member is named by the path it should have.
  /// Does not suspend; its stack stays below 40 KiB.
  std::optional<Violation> validate(const json::Document& instance) const;

 private:
  explicit Schema(std::unique_ptr<Plan> plan);
  std::unique_ptr<const Plan> plan_;
};

}  // namespace penstock::schema
