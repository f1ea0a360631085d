#include "support/gateway_process.h"

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/socket.h"

namespace penstock::test {
namespace {

constexpr std::string_view kListening = "listening on ";
constexpr std::string_view kControl = "control on ";

/// The port of the URL behind some words of the greeting; 0 when they are missing.
std::uint16_t port_behind(std::string_view greeting, std::string_view words) {
  constexpr std::string_view kHost = "//127.0.0.1:";
  std::size_t at = greeting.find(words);
  if (at != std::string_view::npos) at = greeting.find(kHost, at);
  std::uint16_t port = 0;
  if (at == std::string_view::npos) return port;
  std::from_chars(greeting.data() + at + kHost.size(), greeting.data() + greeting.size(), port);
  return port;
}

std::string program() {
  const char* chosen = std::getenv("PENSTOCK_BIN");
  return chosen != nullptr ? chosen : PENSTOCK_PROGRAM;
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
  return {ends[0], ends[1]};
}

// The caller's environment with additions in front: the first of two equal names counts.
std::vector<char*> with_environment(std::vector<std::string>& additions) {
  std::vector<char*> all;
  // A proxy that this machine goes through is none of the tests' business.
  for (const char* name : {"HTTPS_PROXY=", "https_proxy=", "NO_PROXY=", "no_proxy="}) {
    additions.emplace_back(name);
  }
  for (std::string& addition : additions) all.push_back(addition.data());
  for (char** entry = environ; *entry != nullptr; ++entry) all.push_back(*entry);
  all.push_back(nullptr);
  return all;
}

int spawn(const std::string& config_file, std::vector<std::string> environment, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  std::vector<std::string> words{program(), "serve", "-c", config_file};
  if (config_file.empty()) words.resize(2);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(),
                                 with_environment(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) ADD_FAILURE() << "cannot start " << arguments[0];
  return failed == 0 ? pid : -1;
}

bool speaks_of_a_sanitizer(const std::string& text) {
  return text.find("Sanitizer:") != std::string::npos ||
         text.find("runtime error:") != std::string::npos;
}

}  // namespace

GatewayProcess::GatewayProcess(std::optional<std::string_view> yaml,
                               std::vector<std::string> environment)
    : config_file_(yaml ? folder_.write("penstock.yaml", *yaml) : std::string()) {
  const Pipe out = make_pipe();
  const Pipe err = make_pipe();
  pid_ = spawn(config_file_, std::move(environment), out.write_end, err.write_end);
  ::close(out.write_end);
  ::close(err.write_end);
  threads_.emplace_back([this, fd = out.read_end] { read_log(fd); });
  threads_.emplace_back([this, fd = err.read_end] { read_errors(fd); });
  threads_.emplace_back([this] { wait_for_child(); });
  wait_for_port();
}

GatewayProcess::~GatewayProcess() {
  signal(SIGKILL);
  for (std::thread& thread : threads_) thread.join();
  if (speaks_of_a_sanitizer(errors_)) ADD_FAILURE() << errors_;
}

void GatewayProcess::read_log(int fd) {
  std::string rest;
  std::array<char, 16 * 1024> buffer;
  for (ssize_t size; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    rest.append(buffer.data(), static_cast<std::size_t>(size));
    const std::lock_guard lock(mutex_);
    for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
      log_lines_.push_back(rest.substr(0, end));
    }
    changed_.notify_all();
  }
  ::close(fd);
  note_silence();
}

void GatewayProcess::read_errors(int fd) {
  std::array<char, 16 * 1024> buffer;
  for (ssize_t size; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    const std::lock_guard lock(mutex_);
    errors_.append(buffer.data(), static_cast<std::size_t>(size));
    changed_.notify_all();
  }
  ::close(fd);
  note_silence();
}

void GatewayProcess::note_silence() {
  const std::lock_guard lock(mutex_);
  --open_pipes_;
  changed_.notify_all();
}

void GatewayProcess::wait_for_child() {
  // Reaped only under the lock, so that signal() never hits another process with the same number.
  siginfo_t info{};
  if (pid_ > 0) ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  const std::lock_guard lock(mutex_);
  if (pid_ > 0) ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  exit_status_ = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
  changed_.notify_all();
}

void GatewayProcess::wait_for_port() {
  std::unique_lock lock(mutex_);
  const auto line_end = [this]() -> std::size_t {
    const std::size_t at = errors_.find(kListening);
    return at == std::string::npos ? at : errors_.find('\n', at);
  };
  changed_.wait_for(lock, kPatience,
                    [&] { return has_ended() || line_end() != std::string::npos; });
  if (line_end() == std::string::npos) return;
  const std::size_t start = errors_.find(kListening);
  const std::string_view line = std::string_view(errors_).substr(start, line_end() - start);
  port_ = port_behind(line, kListening);
  control_port_ = port_behind(line, kControl);
}

std::string GatewayProcess::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

std::vector<std::string> GatewayProcess::log_lines() const {
  const std::lock_guard lock(mutex_);
  return log_lines_;
}

std::optional<nlohmann::json> GatewayProcess::wait_for_log(
    const std::function<bool(const nlohmann::json&)>& pleases) const {
  std::optional<nlohmann::json> found;
  std::size_t seen = 0;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] {
    for (; seen < log_lines_.size() && !found; ++seen) {
      auto line = nlohmann::json::parse(log_lines_[seen], nullptr, /*allow_exceptions=*/false);
      if (line.is_object() && pleases(line)) found = std::move(line);
    }
    return found.has_value();
  });
  return found;
}

bool GatewayProcess::wait_for_error_text(std::string_view text) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience,
                           [&] { return errors_.find(text) != std::string::npos; });
}

void GatewayProcess::signal(int number) const {
  const std::lock_guard lock(mutex_);
  if (pid_ > 0 && !exit_status_) ::kill(pid_, number);
}

std::optional<int> GatewayProcess::wait_for_exit() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [this] { return has_ended(); });
  return exit_status_;
}

std::optional<int> GatewayProcess::stop() {
  signal(SIGTERM);
  return wait_for_exit();
}

}  // namespace penstock::test
