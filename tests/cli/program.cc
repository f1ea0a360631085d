#include "cli/program.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/socket.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

std::string program() {
  const char* chosen = std::getenv("PENSTOCK_BIN");
  return chosen != nullptr ? chosen : PENSTOCK_PROGRAM;
}

bool speaks_to_penstock(std::string_view entry) {
  return entry.starts_with("PENSTOCK_") || entry.starts_with("OPENAI_") ||
         entry.starts_with("NO_COLOR=") || entry.starts_with("TERM=");
}

std::vector<std::string> environment(const Setting& setting) {
  std::vector<std::string> all = setting.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!speaks_to_penstock(*entry)) all.emplace_back(*entry);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// The descriptors become stdin, stdout and stderr.
int start(std::vector<std::string> words, const Setting& setting,
          const std::array<int, 3>& descriptors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i) {
    posix_spawn_file_actions_adddup2(&actions, descriptors[static_cast<std::size_t>(i)], i);
  }
  std::vector<std::string> variables = environment(setting);
  const auto arguments = pointers(words);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, words.front().c_str(), &actions, nullptr, arguments.data(),
                                  pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) ADD_FAILURE() << "cannot start " << words.front();
  return failed == 0 ? pid : -1;
}

int exit_code(int ended) {
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

/// A file without a name.
class Scratch {
 public:
  explicit Scratch(std::string_view content = {}) : file_(std::tmpfile()) {
    if (!content.empty()) std::fwrite(content.data(), 1, content.size(), file_);
    std::rewind(file_);
    ::fcntl(descriptor(), F_SETFD, FD_CLOEXEC);
  }
  ~Scratch() { std::fclose(file_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  int descriptor() const { return ::fileno(file_); }
  std::string content() const {
    std::rewind(file_);
    std::string text;
    std::array<char, 4096> piece{};
    for (std::size_t got; (got = std::fread(piece.data(), 1, piece.size(), file_)) > 0;) {
      text.append(piece.data(), got);
    }
    return text;
  }

 private:
  FILE* file_;
};

int open_stdout(Setting::Stdout kind, const Scratch& file) {
  if (kind == Setting::Stdout::kFile) return ::fcntl(file.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (kind == Setting::Stdout::kFullDisk) return ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
  ::close(ends[0]);
  return ends[1];
}

Ended run(const std::vector<std::string>& words, const Setting& setting) {
  const Scratch input(setting.input);
  const Scratch out;
  const Scratch err;
  const int target = open_stdout(setting.out, out);
  const int pid = start(words, setting, {input.descriptor(), target, err.descriptor()});
  ::close(target);
  int ended = 0;
  if (pid > 0) ::waitpid(pid, &ended, 0);
  return {pid > 0 ? exit_code(ended) : -1, out.content(), err.content()};
}

std::vector<std::string> with_program(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

}  // namespace

Ended penstock(const std::vector<std::string>& arguments, const Setting& setting) {
  return run(with_program(arguments), setting);
}

Ended bash(const std::string& script, const Setting& setting) {
  return run({"bash", "--norc", "-c", "penstock() { '" + program() + "' \"$@\"; }\n" + script},
             setting);
}

TerminalSession::TerminalSession(const std::vector<std::string>& arguments,
                                 const Setting& setting) {
  int slave = -1;
  if (::openpty(&terminal_, &slave, nullptr, nullptr, nullptr) != 0) ADD_FAILURE() << "no terminal";
  termios modes{};
  ::tcgetattr(slave, &modes);
  modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  modes.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  ::tcsetattr(slave, TCSANOW, &modes);
  ::fcntl(terminal_, F_SETFD, FD_CLOEXEC);
  pid_ = start(with_program(arguments), setting, {slave, slave, slave});
  ::close(slave);
}

TerminalSession::~TerminalSession() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(terminal_);
}

void TerminalSession::type(std::string_view text) {
  if (::write(terminal_, text.data(), text.size()) < 0) ADD_FAILURE() << "cannot type";
}

bool TerminalSession::read_more() {
  pollfd wait{terminal_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(kPatience.count())) != 1) return false;
  std::array<char, 4096> piece{};
  const ssize_t got = ::read(terminal_, piece.data(), piece.size());
  if (got > 0) screen_.append(piece.data(), static_cast<std::size_t>(got));
  return got > 0;  // when the program has ended, it is an error
}

bool TerminalSession::wait_for(std::string_view text, std::size_t times) {
  const auto seen = [&] {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = screen_.find(text, at)) != std::string::npos; ++at) ++count;
    return count;
  };
  while (seen() < times) {
    if (!read_more()) return false;
  }
  return true;
}

int TerminalSession::wait_for_exit() {
  while (read_more()) {
  }
  if (pid_ <= 0) return -1;
  int ended = 0;
  // The terminal was closed by the program's end, or nothing came for too long.
  if (::waitpid(pid_, &ended, WNOHANG) == 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &ended, 0);
  }
  pid_ = -1;
  return exit_code(ended);
}

}  // namespace penstock::test
