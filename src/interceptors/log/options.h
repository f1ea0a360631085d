#pragma once

#include <cstdint>
#include <string>

#include "penstock/config.h"

namespace penstock::exchange_log {

/// How much of the bodies is written.
enum class Content {
  kNone,
  kRedacted,  // the structure of JSON with every text replaced by its length
  kFull,
};

struct Options {
  struct Records {
    bool request = false;   // before the request goes on
    bool response = false;  // at the end of the answer
    bool exchange = false;  // both in one, at the end of the answer
  } records;
  Content content = Content::kNone;
  std::string file = "stdout";            // stdout: the process's log; else stderr or a path
  std::uint64_t max_content = 16 * 1024;  // bytes of each body; at most 1 MiB

  /// Reports unknown records and words, no record at all, and sizes out of bounds.
  static Options parse(const config::Node& node, config::Diagnostics& diagnostics);
};

}  // namespace penstock::exchange_log
