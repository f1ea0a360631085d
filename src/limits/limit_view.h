#pragma once

#include <string>
#include <string_view>

#include "limits/store.h"

namespace penstock::limits {

/// A limit of the configuration for people to look at.
struct LimitView {
  Limit limit;
  std::string key_prefix;  // of all its meters' keys
  /// Says in words whom a meter limits, from its key behind the prefix: "ci openai gpt-4o".
  std::string (*subject)(std::string_view rest_of_key) = nullptr;
  Store* store = nullptr;  // where its meters are; outlives the view
};

}  // namespace penstock::limits
