#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "limits/remote/resp.h"
#include "support/socket.h"

namespace penstock::limits::test {

/// A server that greets as it should and then answers scripts as a test wants.
class FakeServer {
 public:
  /// What it sends for one command, given its words; empty: nothing. Called on its own threads.
  using Answer = std::function<std::string(const std::vector<std::string>& words)>;
  explicit FakeServer(Answer answer) : answer_(std::move(answer)) {
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~FakeServer() {
    listener_.shut_down();
    acceptor_.join();
    for (Connection& connection : connections_) connection.socket.shut_down();
    for (Connection& connection : connections_) connection.thread.join();
  }

  std::uint16_t port() const noexcept { return listener_.port(); }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }

 private:
  struct Connection {
    penstock::test::Socket socket;
    std::thread thread{};
  };

  void accept_all() {
    while (true) {
      penstock::test::Socket socket = listener_.accept();
      if (!socket.is_open()) return;
      const std::lock_guard lock(mutex_);
      Connection& connection = connections_.emplace_back(Connection{std::move(socket)});
      connection.thread = std::thread([this, &connection] { serve(connection.socket); });
    }
  }

  void serve(penstock::test::Socket& socket) {
    remote::ReplyReader reader;  // commands have the shape of replies
    while (true) {
      auto command = reader.next();
      if (!command) return;
      if (*command) {
        std::vector<std::string> words;
        for (const remote::Reply& word : (*command)->items) words.push_back(word.text);
        if (!socket.send(answer(words))) return;
        continue;
      }
      const auto read = socket.read(std::chrono::minutes(5));
      if (read.bytes.empty()) return;
      reader.feed(read.bytes);
    }
  }

  std::string answer(const std::vector<std::string>& words) const {
    if (words.at(0) == "INFO") return "$0\r\n\r\n";
    if (words.at(0) == "SCRIPT" || words.at(0) == "AUTH" || words.at(0) == "SELECT") {
      return "+OK\r\n";
    }
    return answer_(words);
  }

  const Answer answer_;
  penstock::test::Listener listener_;
  mutable std::mutex mutex_;  // guards the list
  std::list<Connection> connections_;
  std::thread acceptor_;
};

}  // namespace penstock::limits::test
