#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "penstock/secret.h"

namespace penstock::config {

/// Where a piece of configuration stands. Lines and columns count from 1.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  enum class Severity {
    kError,
    kWarning,  // it may be meant as it is, but probably is not
  };
  Location where;
  std::string path;  // "chain[3].token_limit.limits[0].every"
  std::string
      message;  // lower case, with the remedy: "unknown key `tokns`; did you mean `tokens`?"
  Severity severity = Severity::kError;
};

/// One piece of the configuration after interpolation: a value that may be copied. The text of a
/// scalar that came from `${file:...}` or `${VAR}` is here too, so nodes are not to be logged.
struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };
  Node() {}  // clang 14 cannot make one where members may hold more of the same
  Kind kind = Kind::kNull;
  std::string scalar;       // kScalar
  bool quoted = false;      // kScalar: written in quotes, so it is a string
  std::vector<Node> items;  // kList
  std::vector<std::pair<Node, Node>>
      members;  // kMap; keys are scalars, duplicates reported at load
  Location where;
  std::string path;
};

/// Collects everything that is wrong, so that a user sees all of it at once.
class Diagnostics {
 public:
  void error(const Node& at, std::string message);
  void error(Diagnostic diagnostic);
  /// The configuration is good all the same.
  void warning(const Node& at, std::string message);
  bool ok() const noexcept { return list_.empty(); }
  const std::vector<Diagnostic>& list() const noexcept { return list_; }
  const std::vector<Diagnostic>& warnings() const noexcept { return warnings_; }

 private:
  std::vector<Diagnostic> list_;
  std::vector<Diagnostic> warnings_;
};

/// Reads the members of a map strictly. Each getter names a known key, reports a wrong type or
/// value and then gives the default; when the reader dies, keys that nobody asked for are reported
/// with the nearest known key as a suggestion. A node that is null counts as an empty map; one that
/// is neither is reported.
///
///   config::MapReader map(node, diagnostics);
///   options.every = map.duration("every", 60s);
///   options.tokens = map.required_count("tokens");
class MapReader {
 public:
  MapReader(const Node& node, Diagnostics& diagnostics);
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  /// The member, if present and not null. Marks the key as known.
  const Node* find(std::string_view key);
  /// The same, and its absence is an error.
  const Node* required(std::string_view key);

  std::string text(std::string_view key, std::string_view fallback = {});
  std::string required_text(std::string_view key);
  Secret secret(std::string_view key);
  bool boolean(std::string_view key, bool fallback);
  /// A whole number with an optional unit k, M, G (powers of 1000): 100k.
  std::uint64_t count(std::string_view key, std::uint64_t fallback);
  std::uint64_t required_count(std::string_view key);
  /// Bytes with an optional unit KiB, MiB, GiB, kB, MB, GB: 32MiB.
  std::uint64_t bytes(std::string_view key, std::uint64_t fallback);
  /// A time with unit ms, s, m, h, d: 60s.
  std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback);
  std::chrono::milliseconds required_duration(std::string_view key);
  /// One of the given words; the index of the fallback where absent.
  std::size_t choice(std::string_view key, std::initializer_list<std::string_view> words,
                     std::size_t fallback);
  /// A list of texts; a single text counts as a list of one.
  std::vector<std::string> texts(std::string_view key);

  const Node& node() const noexcept { return *node_; }
  Diagnostics& diagnostics() noexcept { return *diagnostics_; }

 private:
  const Node* node_;
  Diagnostics* diagnostics_;
  std::set<std::string, std::less<>> known_;
};

/// Parse one scalar; nullopt when it does not fit. Used by MapReader and by code that reads lists.
std::optional<std::uint64_t> parse_count(std::string_view text);
std::optional<std::uint64_t> parse_bytes(std::string_view text);
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The word nearest to `word` by edit distance, if one is near enough to be a likely typing slip.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace penstock::config
