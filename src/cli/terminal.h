#pragma once

#include <string>
#include <string_view>

namespace penstock::cli {

/// Whether output is coloured, as --color says.
enum class Color { kAuto, kAlways, kNever };
Color parse_color(std::string_view word) noexcept;  // auto, always, never

bool is_terminal(int descriptor) noexcept;

/// Whether to colour what goes to the descriptor. kAuto: on a terminal, unless NO_COLOR is set to
/// something (no-color.org) or TERM says that the terminal cannot. The option wins over NO_COLOR.
bool wants_color(Color color, int descriptor);

/// The text without what a terminal would obey: control characters, C1 ones included, but for TAB
/// and LF, become question marks. For text that others wrote.
std::string printable(std::string_view text);

/// A sentence for the person in front of the screen, on stderr: "penstock: ...".
void say(std::string_view sentence);
/// The same, for the last thing that a command does: gives `exit_code` back.
int fail(int exit_code, std::string_view sentence);

}  // namespace penstock::cli
