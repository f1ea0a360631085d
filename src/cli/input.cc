#include "cli/input.h"

#include <array>
#include <cstdio>

#include "config/diagnostics.h"

namespace penstock::cli {

Result<std::string> read_stdin(std::size_t max_bytes) {
  std::string text;
  std::array<char, 4096> piece{};
  for (std::size_t got; (got = std::fread(piece.data(), 1, piece.size(), stdin)) > 0;) {
    text.append(piece.data(), got);
    if (text.size() > max_bytes) {
      return config::failure("it is longer than " + std::to_string(max_bytes >> 10) + " KiB");
    }
  }
  if (std::ferror(stdin) != 0) return config::failure("reading it failed");
  return text;
}

}  // namespace penstock::cli
