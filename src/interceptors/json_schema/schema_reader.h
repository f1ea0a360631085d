#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"

#include "schema/schema.h"

namespace penstock::json_schema {

/// What a file with a schema may have at most, in bytes.
inline constexpr std::size_t kMaxSchemaBytes = 4 << 20;

/// Compiles the schemas that options name, with what these say of all of them:
///
///   refs: {URI: PATH}      documents that $ref may reach, beside the schema itself and the
///                          meta-schemas; never the network
///   formats: annotate      or `assert`: `format` is a rule
///
/// Each function gives nullptr where something is wrong, and has reported it then; what is merely
/// suspicious becomes a warning. Blocks to read files; for start and reload only.
class SchemaReader {
 public:
  using Shared = std::shared_ptr<const schema::Schema>;

  /// `map`, the options, and `files`, which receives the name of each file that is read, outlive
  /// this.
  SchemaReader(config::MapReader& map, std::vector<std::string>& files);

  /// The one that comes with the program, compiled on first use.
  Shared builtin(std::string_view name);
  /// One in a file. `path`, a scalar, is relative to the file that it is written in.
  Shared file(const config::Node& path);
  /// One that is written in the configuration.
  Shared written(const config::Node& schema);

  config::Diagnostics& diagnostics() noexcept { return *diagnostics_; }

 private:
  void read_refs(const config::Node& refs);
  std::optional<std::string> read(const config::Node& path);
  Shared compile(const config::Node& at, std::string_view text);

  config::Diagnostics* diagnostics_;
  std::vector<std::string>* files_;
  schema::Documents documents_;
  bool assert_formats_;
  std::map<std::string, Shared, std::less<>> builtins_;
};

}  // namespace penstock::json_schema
