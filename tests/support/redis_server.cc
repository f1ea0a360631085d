#include "support/redis_server.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace penstock::test {

namespace {

namespace resp = limits::remote;

std::uint16_t free_port() {
  const Listener listener;
  return listener.port();
}

}  // namespace

RedisServer::RedisServer(Settings settings) : settings_(std::move(settings)) {
  if (settings_.tls) certificate_ = std::make_unique<TestCertificate>();
  // Somebody else may get the port before the server has it.
  for (int attempt = 0; attempt < 5 && pid_ < 0; ++attempt) {
    port_ = free_port();
    start();
  }
  EXPECT_GT(pid_, 0) << "no server; is the program redis-server installed?";
}

RedisServer::~RedisServer() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void RedisServer::start() {
  const std::string port = std::to_string(port_);
  std::vector<std::string> words{"redis-server", "--bind", "127.0.0.1",  "--dir",  folder_.path(),
                                 "--daemonize",  "no",     "--loglevel", "warning"};
  const auto add = [&words](std::initializer_list<std::string> more) {
    words.insert(words.end(), more);
  };
  if (settings_.tls) {
    add({"--port", "0", "--tls-port", port, "--tls-cert-file", certificate_->file()});
    add({"--tls-key-file", certificate_->key_file(), "--tls-auth-clients", "no"});
  } else {
    add({"--port", port});
  }
  if (settings_.keeps_data) {
    add({"--save", "3600 1", "--dbfilename", "data.rdb"});
  } else {
    add({"--save", ""});
  }
  if (!settings_.password.empty()) add({"--requirepass", settings_.password});
  words.insert(words.end(), settings_.arguments.begin(), settings_.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  const std::string log = folder_.path() + "/log";
  ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = -1;
  const int failed =
      ::posix_spawnp(&pid, "redis-server", &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (::waitpid(pid, nullptr, WNOHANG) == pid) return;  // the port is taken
    if (answers()) {
      pid_ = pid;
      return;
    }
    std::this_thread::yield();
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

void RedisServer::stop() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::freeze() const {
  ::kill(pid_, SIGSTOP);
}

void RedisServer::thaw() const {
  ::kill(pid_, SIGCONT);
}

bool RedisServer::answers() const {
  Socket socket = Socket::connect(port_);
  if (!socket.is_open()) return false;
  if (settings_.tls && !socket.connect_tls({.ca_file = ca_file()})) return false;
  if (!socket.send("*1\r\n$4\r\nPING\r\n")) return false;
  const std::string bytes = socket.read().bytes;
  return bytes.starts_with("+PONG") || bytes.starts_with("-NOAUTH");
}

resp::Reply RedisServer::command(std::initializer_list<std::string_view> words) const {
  std::string bytes;
  std::size_t replies = 1;
  if (!settings_.password.empty()) {
    const std::string_view login[] = {"AUTH", settings_.password};
    resp::append_command(bytes, login);
    replies = 2;
  }
  resp::append_command(bytes, std::span(words.begin(), words.size()));
  Socket socket = Socket::connect(port_);
  if (settings_.tls) {
    EXPECT_TRUE(socket.connect_tls({.ca_file = ca_file()}));
  }
  socket.send(bytes);
  resp::ReplyReader reader;
  while (true) {
    auto reply = reader.next();
    if (!reply) break;
    if (*reply) {
      EXPECT_FALSE((*reply)->is_error()) << (*reply)->text;
      if (--replies == 0) return std::move(**reply);
      continue;
    }
    const auto read = socket.read();
    if (read.bytes.empty()) break;
    reader.feed(read.bytes);
  }
  ADD_FAILURE() << "the server does not answer";
  return {};
}

}  // namespace penstock::test
