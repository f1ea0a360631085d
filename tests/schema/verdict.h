#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "json/document.h"
#include "schema/schema.h"

namespace penstock::schema::test {

/// A schema that must compile.
inline Schema compiled(std::string_view text) {
  auto schema = Schema::compile(text);
  EXPECT_TRUE(schema.has_value()) << text << ": " << (schema ? "" : schema.error().detail);
  return std::move(*schema);
}

/// What the schema has against an instance.
inline std::optional<Violation> verdict(const Schema& schema, std::string_view instance,
                                        Effort effort = Effort::kWhole) {
  std::string text(instance);
  text.reserve(text.size() + json::kPadding);
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document.has_value()) << instance;
  return schema.validate(*document, effort);
}

inline bool fits(std::string_view schema, std::string_view instance) {
  return !verdict(compiled(schema), instance).has_value();
}

/// "path: message" of the violation; empty when the instance fits.
inline std::string complaint(std::string_view schema, std::string_view instance) {
  const auto violation = verdict(compiled(schema), instance);
  return violation ? violation->instance_path + ": " + violation->message : std::string();
}

}  // namespace penstock::schema::test
