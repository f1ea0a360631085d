#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

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
  std::string instance_pointer;  // the same as RFC 6901 has it: /messages/2/content/0/type
  /// Where the keyword stands: a JSON pointer into the schema, /properties/messages/minItems, and
  /// with the document's URI before it (`https://x/y#/minItems`) where $ref led elsewhere.
  std::string schema_path;
  std::string message;   // one sentence, lower case: what was expected and what was found
  std::string expected;  // in words: "a non-empty array"
  std::string found;     // in words: "an empty array"
  std::string keyword;   // the keyword that failed: "type", "required", "maximum", ...
  Detail detail = Detail::kNone;
};

/// The editions of JSON Schema.
enum class Draft { k7, k2020_12 };

class ExactText;

/// Schemas that $ref may reach, by absolute URI. Schemas that were compiled with them share the
/// texts, so this may go before they do. Not to be changed while another thread compiles with it.
class Documents {
 public:
  /// `uri` is where the document is found; its own $id, if any, is known as well. Error (detail):
  /// the text is no JSON, the URI is not absolute, or taken.
  Result<void> add(std::string_view uri, std::string_view text);

  /// For the compiler: the text with that URI, or with that $id; null where there is none.
  std::shared_ptr<const ExactText> find(std::string_view uri) const;

 private:
  std::map<std::string, std::shared_ptr<const ExactText>, std::less<>> texts_;
};

struct CompileOptions {
  Draft draft = Draft::k2020_12;  // where $schema names none
  /// Whether `format` is a rule. Otherwise it is one only under a $schema whose $vocabulary has
  /// format-assertion.
  bool assert_formats = false;
  const Documents* documents = nullptr;  // nothing else can be reached, never the network
  std::string_view base_uri = {};        // of a schema without $id
};

struct Plan;

/// What a validation may take before it is given up with a violation of the keyword "limit".
enum class Effort {
  kWhole,  // what is sane for an instance of that size: two seconds at worst
  kQuick,  // some milliseconds at worst, for an event loop; next to every instance needs less
};

/// A JSON Schema, draft 2020-12 or 7, compiled once into a flat plan and used many times. Immutable
/// and thread-safe.
///
/// All keywords of both drafts: those of the core, applicator, unevaluated and validation
/// vocabularies are rules; `format` is one where asked for; content* and the others are notes, as
/// is every unknown keyword (but see warnings()). Of $vocabulary the groups of keywords that it
/// leaves out are ignored. The published meta-schemas of both drafts are known.
///
/// Where the branches of an anyOf or oneOf differ in the constant value of a member (role, type),
/// or in the type they take, the violation is that of the branch that was meant; otherwise that of
/// the branch that got deepest into the instance.
class Schema {
 public:
  /// Error: the text is no JSON; a keyword has a value that it cannot have, a pattern is not
  /// supported, a $ref leads nowhere, a schema applies itself to the same instance without end, or
  /// it is larger than is sane; `detail` names keyword and place. Takes time in proportion to the
  /// schema and what it refers to, does not suspend, and its stack stays below 40 KiB.
  static Result<Schema> compile(std::string_view text, const CompileOptions& options = {});

  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  /// Nothing when the instance fits. Allocates only to describe a violation, and for large
  /// instances of uniqueItems, unevaluated* and objects with many names. Members that the schema
  /// names and the instance has twice are a violation too (keyword "duplicate"). So is an instance
  /// that needs more steps or deeper nesting than is sane (keyword "limit"), which takes a schema
  /// that repeats itself within anyOf. A missing member is named by the path it should have. Does
  /// not suspend; its stack stays below 40 KiB.
  std::optional<Violation> validate(const json::Document& instance,
                                    Effort effort = Effort::kWhole) const;
  /// Of a part of a document. `text_bytes`, the size of its text or an estimate, bounds the steps.
  std::optional<Violation> validate(simdjson::dom::element instance, std::size_t text_bytes,
                                    Effort effort = Effort::kWhole) const;
  /// Of a text, whose numbers may have any size and count exactly. Slower. Error: no JSON.
  Result<std::optional<Violation>> validate_text(std::string_view instance) const;

  /// What may be a mistake: keywords that are in no vocabulary, with a place and the keyword that
  /// may have been meant. At most 100.
  const std::vector<std::string>& warnings() const noexcept;

  /// What it was compiled to, for those who walk it (schema/plan.h). Lives as long as this.
  const Plan& plan() const noexcept { return *plan_; }

 private:
  explicit Schema(std::unique_ptr<Plan> plan);
  std::unique_ptr<const Plan> plan_;
};

}  // namespace penstock::schema
