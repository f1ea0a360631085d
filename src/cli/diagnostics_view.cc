#include "cli/diagnostics_view.h"

#include "cli/terminal.h"
#include "config/diagnostics.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kMaxExcerptBytes = 160;

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string colored(bool color, std::string_view how, std::string text) {
  if (!color) return text;
  return std::string(how) + text + std::string(kPlain);
}

/// As wide as `text` is on a terminal: its tabs stay, every other character is one space.
std::string blank(std::string_view text) {
  std::string spaces;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;  // UTF-8
    if (!continues) spaces += c == '\t' ? '\t' : ' ';
  }
  return spaces;
}

std::string excerpt(const config::Diagnostic& one, const DiagnosticsView& view) {
  if (view.text.empty() || one.where.file != view.file || one.where.line <= 0) return {};
  const auto line = config::line_of(view.text, one.where.line);
  const auto before = static_cast<std::size_t>(one.where.column - 1);
  if (!line || line->size() > kMaxExcerptBytes || before > line->size()) return {};
  constexpr std::string_view kIndent = "    ";
  return std::string(kIndent) + printable(*line) + "\n" + std::string(kIndent) +
         blank(line->substr(0, before)) + colored(view.color, kRed, "^") + "\n";
}

}  // namespace

std::string render(const config::Diagnostics& diagnostics, const DiagnosticsView& view) {
  std::string shown;
  for (const config::Diagnostic& one : config::sorted(diagnostics)) {
    shown += colored(view.color, kBold, printable(config::place_of(one)) + ":");
    shown += " " + printable(config::words_of(one)) + "\n" + excerpt(one, view);
  }
  return shown;
}

}  // namespace penstock::cli
