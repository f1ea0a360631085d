#pragma once

#include <string>
#include <vector>

#include "penstock/config.h"

#include "interceptors/header/reserved.h"
#include "interceptors/header/value_template.h"

namespace penstock::header {

/// Edits of one message's fields. Applied in the order of the members.
struct Edits {
  struct Rename {
    std::string from;
    std::string to;
  };
  struct Value {
    std::string name;
    ValueTemplate value;
  };
  std::vector<std::string> remove;
  std::vector<Rename> rename;
  std::vector<Value> set;  // in place of the fields of that name
  std::vector<Value> add;  // beside them

  bool empty() const noexcept;
  bool uses(Placeholder placeholder) const noexcept;
};

struct Options {
  Edits request;
  Edits response;

  /// Reports names that are no tokens, reserved or given twice in one place, and bad placeholders.
  static Options parse(const config::Node& node, config::Diagnostics& diagnostics);
};

}  // namespace penstock::header
