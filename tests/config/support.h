#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "config/config.h"

namespace penstock::config::testing {

/// The environment of the tests: OPENAI_API_KEY=sk-openai, CI_KEY=ck-1, PORT=4100, EMPTY=,
/// YAML="[a, b]", DOLLARS="${PORT}$$", SECRET=s3cr3t, BIG= 512 KiB of x. Nothing else is set.
std::optional<std::string> environment(const std::string& name);

struct Loaded {
  Config config;
  std::string errors;  // to_text of the diagnostics
};
/// Loads a text as the file "p.yaml".
Loaded try_load(std::string_view yaml);
/// The same with a demo upstream put behind the text.
Loaded try_load_with_demo(std::string yaml);

/// Everything that a configuration says, secrets included, for comparisons.
nlohmann::json describe(const Config& config);

/// A tree as JSON; all scalars are texts.
nlohmann::json describe(const Node& node);

/// A file of the source tree.
std::string read_source_file(const std::string& path);

/// A file with that content, removed at the end of its life.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace penstock::config::testing
