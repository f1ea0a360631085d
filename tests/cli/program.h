#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// How the program is run: an environment without anything of Penstock, NO_COLOR or provider keys
/// but what is named here.
struct Setting {
  std::vector<std::string> environment{};  // "NAME=value"
  std::string input{};                     // its stdin, a file
  enum class Stdout { kFile, kFullDisk, kReaderGone };
  Stdout out = Stdout::kFile;
};

struct Ended {
  int status = -1;  // exit code, or 128 + the signal
  std::string out;
  std::string err;
};

/// Runs the program to its end: the one that was built with the tests, or what PENSTOCK_BIN names.
Ended penstock(const std::vector<std::string>& arguments, const Setting& setting = {});
/// Runs a script of bash, in which `penstock` is the program.
Ended bash(const std::string& script, const Setting& setting = {});

/// The program at a terminal: stdin, stdout and stderr are one. What is typed is not echoed. Killed
/// when this dies.
class TerminalSession {
 public:
  TerminalSession(const std::vector<std::string>& arguments, const Setting& setting = {});
  ~TerminalSession();
  TerminalSession(const TerminalSession&) = delete;
  TerminalSession& operator=(const TerminalSession&) = delete;

  void type(std::string_view text);
  /// Waits until the text was on the screen that many times.
  bool wait_for(std::string_view text, std::size_t times = 1);
  /// Waits for the end; the exit code, -1: it did not end in time.
  int wait_for_exit();
  /// Everything that was printed so far.
  const std::string& screen() const noexcept { return screen_; }

 private:
  bool read_more();

  int terminal_ = -1;
  int pid_ = -1;
  std::string screen_;
};

}  // namespace penstock::test
