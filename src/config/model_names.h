#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/config.h"

namespace penstock::config {

/// Finds what a table says about a model by the model's name as clients write it; for files such as
/// those of config/models, whose entries name their models. A value; reading is thread-safe.
class ModelNames {
 public:
  /// Reads the member `models` of an entry: names in lower case, or beginnings of names with `*` at
  /// their ends, one or a list. Reports those that nobody could meet and those that another entry
  /// has. `entry` is what `find` is to give for them.
  void read(MapReader& map, std::size_t entry);

  /// The entry for a name: by the whole name, else by what stands behind its last slash, else the
  /// one that has `*`; by an exact name, else by the longest beginning. Upper and lower case of
  /// ASCII are the same. nullopt: no entry takes it.
  std::optional<std::size_t> find(std::string_view name) const;
  /// There is an entry for every name.
  bool takes_all() const { return beginnings_.contains(""); }

 private:
  struct Place {
    std::size_t entry;
    int line;
  };
  using Places = std::map<std::string, Place, std::less<>>;

  void add(std::string name, std::size_t entry, const Node& at, Diagnostics& diagnostics);
  const Place* look_up(std::string_view name) const;

  Places names_;
  Places beginnings_;  // without the asterisk
};

}  // namespace penstock::config
