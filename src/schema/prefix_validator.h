#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "schema/schema.h"
#include "schema/text_reader.h"

namespace penstock::schema {

/// Reads a JSON text that arrives in pieces, and refuses it at the first byte after which it can
/// no longer become JSON.
class PrefixValidator final : private TextEvents {
 public:
  explicit PrefixValidator(const Schema& schema);

  std::optional<Violation> feed(std::string_view piece);
  std::optional<Violation> finish();
  bool complete() const noexcept { return reader_.complete(); }
  std::uint64_t offset() const noexcept { return reader_.offset(); }

 private:
  bool begin(TypeSet) override { return true; }
  std::size_t piece(std::string_view text) override { return text.size(); }
  bool end() override { return true; }
  bool begin_name() override { return true; }
  bool end_name() override { return true; }
  Violation violation() const;

  TextReader reader_;
};

}  // namespace penstock::schema
