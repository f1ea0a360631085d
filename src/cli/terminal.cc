#include "cli/terminal.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace penstock::cli {

namespace {

bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
}

/// U+0080 to U+009F as UTF-8 spells them.
bool is_c1(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size() || text[at] != '\xc2') return false;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return second >= 0x80 && second < 0xa0;
}

}  // namespace

Color parse_color(std::string_view word) noexcept {
  if (word == "always") return Color::kAlways;
  return word == "never" ? Color::kNever : Color::kAuto;
}

bool is_terminal(int descriptor) noexcept {
  return ::isatty(descriptor) == 1;
}

bool wants_color(Color color, int descriptor) {
  if (color != Color::kAuto) return color == Color::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* kind = std::getenv("TERM");
  return is_terminal(descriptor) && (kind == nullptr || std::string_view(kind) != "dumb");
}

std::string printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_end = text.substr(i, 2) == "\r\n";
    if (line_end || is_c1(text, i)) {
      clean += line_end ? '\n' : '?';
      ++i;
    } else {
      clean += is_control(static_cast<unsigned char>(text[i])) ? '?' : text[i];
    }
  }
  return clean;
}

void say(std::string_view sentence) {
  std::fprintf(stderr, "penstock: %s\n", printable(sentence).c_str());
}

int fail(int exit_code, std::string_view sentence) {
  say(sentence);
  return exit_code;
}

}  // namespace penstock::cli
