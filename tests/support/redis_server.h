#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "limits/remote/resp.h"
#include "support/socket.h"
#include "support/temp_folder.h"
#include "support/test_certificate.h"

namespace penstock::test {

/// A redis-server of a test on a free port of 127.0.0.1, killed when this dies. Used by one thread,
/// but for `command`, which connects anew each time and may be called by any.
class RedisServer {
 public:
  struct Settings {
    std::string password{};  // of the default user
    bool tls = false;
    bool keeps_data = false;               // over a restart
    std::vector<std::string> arguments{};  // more, as the program takes them
  };
  RedisServer() : RedisServer(Settings{}) {}
  explicit RedisServer(Settings settings);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// Of the certificate, for TLS.
  const std::string& ca_file() const { return certificate_->file(); }

  /// One exchange; an error reply fails the test, and so does a server that does not answer.
  limits::remote::Reply command(std::initializer_list<std::string_view> words) const;

  /// SIGSTOP and SIGCONT.
  void freeze() const;
  void thaw() const;
  /// Ends it, with SIGTERM so that it can save, and starts it on the same port.
  void stop();
  void start();

 private:
  bool answers() const;

  const Settings settings_;
  TempFolder folder_;
  std::unique_ptr<TestCertificate> certificate_;
  std::uint16_t port_ = 0;
  int pid_ = -1;
};

}  // namespace penstock::test
