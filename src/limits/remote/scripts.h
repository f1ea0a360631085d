#pragma once

#include <string>
#include <string_view>

namespace penstock::limits::remote {

/// The text of scripts/<name>.lua as it was when the program was built.
std::string_view builtin(std::string_view name);

/// A script of the server: what it is, and the digest it is called by.
struct Script {
  std::string text;
  std::string sha1;  // hexadecimal
};

/// All scripts of a store. Immutable, so thread-safe. scripts/meters.lua says what they do.
struct Scripts {
  /// `clock`: the text of scripts/clock.lua where it is empty.
  explicit Scripts(std::string_view clock = {});

  Script reserve;
  Script extend;
  Script settle;
  Script renew;
  Script heartbeat;
  Script look;
};

}  // namespace penstock::limits::remote
