#include "control/schema_validation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <simdjson.h>
#include <utility>
#include <vector>

#include "penstock/clock.h"

#include "base/text.h"
#include "config/diagnostics.h"
#include "json/document.h"
#include "json/items.h"
#include "schema/exact_text.h"
#include "schema/report.h"

namespace penstock::control {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxInstances = 1000;
constexpr std::size_t kMaxRefs = 256;
constexpr std::size_t kMaxShown = 256;  // bytes of a foreign text in a message

constexpr const char* kMissing = "missing_required_parameter";
constexpr const char* kType = "invalid_type";
constexpr const char* kValue = "invalid_value";

Error wrong_type(const std::string& member, const char* expected) {
  return invalid_request(concat({"`", member, "` must be ", expected}), member, kType);
}

/// The members of an object, each with its text, in which numbers are as they were written.
class Members {
 public:
  static Result<Members> read(std::string_view text, object values);

  std::optional<std::string_view> text(std::string_view name) const;
  std::optional<element> value(std::string_view name) const;

 private:
  Members(std::string_view text, object values) : text_(text), values_(values) {}

  std::string_view text_;
  object values_;
};

Result<Members> Members::read(std::string_view text, object values) {
  static const std::vector<std::string> known{"schema", "instance", "instances",
                                              "draft",  "formats",  "refs"};
  std::vector<std::string_view> seen;
  for (const auto field : values) {
    const std::string name(field.key.substr(0, kMaxShown));
    if (std::find(known.begin(), known.end(), field.key) == known.end()) {
      return invalid_request(
          concat({"unknown member `", name, "`; ", config::suggestion(name, known)}), name,
          "unknown_parameter");
    }
    if (std::find(seen.begin(), seen.end(), field.key) != seen.end()) {
      return invalid_request(concat({"`", name, "` is given twice"}), name, kValue);
    }
    seen.push_back(field.key);
  }
  return Members(text, values);
}

std::optional<std::string_view> Members::text(std::string_view name) const {
  const auto span = json::find_member(text_, name);
  return span ? std::optional(text_.substr(span->at, span->size)) : std::nullopt;
}

std::optional<element> Members::value(std::string_view name) const {
  element found;
  return values_[name].get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
}

Result<schema::Draft> read_draft(const Members& members) {
  const auto value = members.value("draft");
  std::string_view name = "2020-12";
  if (value && value->get_string().get(name) != simdjson::SUCCESS) {
    return wrong_type("draft", "a text");
  }
  if (name == "2020-12") return schema::Draft::k2020_12;
  if (name == "7") return schema::Draft::k7;
  return invalid_request("`draft` must be \"2020-12\" or \"7\"", "draft", kValue);
}

Result<bool> read_formats(const Members& members) {
  const auto value = members.value("formats");
  bool formats = false;
  if (value && value->get_bool().get(formats) != simdjson::SUCCESS) {
    return wrong_type("formats", "true or false");
  }
  return formats;
}

Result<schema::Documents> read_refs(const Members& members) {
  schema::Documents documents;
  const auto value = members.value("refs");
  if (!value) return documents;
  object refs;
  if (value->get_object().get(refs) != simdjson::SUCCESS) {
    return wrong_type("refs", "an object of documents by their URI");
  }
  if (refs.size() > kMaxRefs) {
    return invalid_request(concat({"`refs` must be at most ", std::to_string(kMaxRefs)}), "refs",
                           kValue);
  }
  const std::string_view text = *members.text("refs");
  for (const auto field : refs) {
    const auto span = *json::find_member(text, field.key);
    const auto added = documents.add(field.key, text.substr(span.at, span.size));
    if (added) continue;
    const std::string uri(field.key.substr(0, kMaxShown));
    return invalid_request(
        concat({"the document `", uri, "` is not usable: ", added.error().detail}), "refs." + uri,
        kValue);
  }
  return documents;
}

/// The texts of the instances.
Result<std::vector<std::string_view>> read_instances(const Members& members) {
  const auto one = members.text("instance");
  const auto many = members.value("instances");
  if (one.has_value() == many.has_value()) {
    return invalid_request("expected one of `instance` and `instances`",
                           many ? "instance" : "instances", many ? kValue : kMissing);
  }
  if (one) return std::vector{*one};
  if (!many->is_array()) return wrong_type("instances", "an array");
  auto instances = json::items(*members.text("instances"), kMaxInstances);
  if (instances.size() > kMaxInstances) {
    return invalid_request(
        concat({"`instances` must be at most ", std::to_string(kMaxInstances),
                "; ask again for the others, or use `penstock schema validate --jsonl`"}),
        "instances", "array_above_max_length");
  }
  return instances;
}

Result<schema::Schema> read_schema(const Members& members) {
  const auto text = members.text("schema");
  if (!text) return invalid_request("`schema` is missing", "schema", kMissing);
  const schema::Documents documents = TRY(read_refs(members));
  schema::CompileOptions options;
  options.draft = TRY(read_draft(members));
  options.assert_formats = TRY(read_formats(members));
  options.documents = &documents;
  auto compiled = schema::Schema::compile(*text, options);
  if (!compiled) {
    return invalid_request("the schema is not usable: " + compiled.error().detail, "schema",
                           "invalid_schema");
  }
  return compiled;
}

}  // namespace

Result<std::string> validate_instances(std::string_view body, std::chrono::milliseconds patience) {
  const MonotonicTime deadline = system_clock().now() + patience;
  const auto question = TRY(schema::ExactText::parse(body));
  object values;
  if (question.root().get_object().get(values) != simdjson::SUCCESS) {
    return invalid_request("the body must be a JSON object", {}, kType);
  }
  const Members members = TRY(Members::read(body, values));
  const schema::Schema schema = TRY(read_schema(members));
  std::string answer = R"({"results":[)";
  for (const std::string_view instance : TRY(read_instances(members))) {
    if (system_clock().now() >= deadline) {
      return invalid_request(
          "judging these instances takes too long; ask for fewer at a time, or use a schema that "
          "repeats itself less",
          {}, "limit");
    }
    if (answer.back() == '}') answer += ',';
    answer += schema::to_json(schema::judge(schema, instance));
  }
  return answer + "]}";
}

}  // namespace penstock::control
