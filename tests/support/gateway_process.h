#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/temp_folder.h"

namespace penstock::test {

/// The gateway as users run it: `penstock serve -c FILE` in a process of its own. The program is
/// the one that was built with the tests, or what the environment variable PENSTOCK_BIN names.
///
/// The configuration should say `listen: 127.0.0.1:0` for server and control, so that free ports
/// are taken. The process is killed when this dies, and words of a sanitizer on its stderr fail the
/// test. Thread-safe, but for `stop`.
///
///   GatewayProcess gateway(config);
///   ASSERT_TRUE(gateway.started()) << gateway.errors();
///   fetch(gateway.port(), get("/livez"));
class GatewayProcess {
 public:
  /// Starts the process and waits until it listens or has ended. `environment`: "NAME=value".
  /// `yaml`: nullopt for no file at all.
  explicit GatewayProcess(std::optional<std::string_view> yaml,
                          std::vector<std::string> environment = {});
  ~GatewayProcess();
  GatewayProcess(const GatewayProcess&) = delete;
  GatewayProcess& operator=(const GatewayProcess&) = delete;

  bool started() const noexcept { return port_ != 0; }
  /// Where it listens for clients; 0 when it did not start.
  std::uint16_t port() const noexcept { return port_; }
  /// Where the control plane listens; 0 when it does not.
  std::uint16_t control_port() const noexcept { return control_port_; }
  int pid() const noexcept { return pid_; }
  const std::string& config_file() const noexcept { return config_file_; }

  /// Everything on stderr so far.
  std::string errors() const;
  /// The lines on stdout so far.
  std::vector<std::string> log_lines() const;
  /// Waits for a line on stdout that is a JSON object and pleases; lines that came already count.
  std::optional<nlohmann::json> wait_for_log(
      const std::function<bool(const nlohmann::json&)>& pleases) const;
  /// Waits for a text on stderr.
  bool wait_for_error_text(std::string_view text) const;

  void signal(int number) const;
  /// Waits for the end of the process; its exit status, or 128 + the signal that ended it.
  std::optional<int> wait_for_exit();
  /// SIGTERM, then wait_for_exit.
  std::optional<int> stop();

 private:
  void read_log(int fd);
  void read_errors(int fd);
  void note_silence();
  void wait_for_child();
  void wait_for_port();
  /// And all that it said was read.
  bool has_ended() const { return exit_status_ && open_pipes_ == 0; }

  TempFolder folder_;
  std::string config_file_;
  int pid_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t control_port_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::condition_variable changed_;
  std::vector<std::string> log_lines_;
  std::string errors_;
  std::optional<int> exit_status_;
  int open_pipes_ = 2;  // stdout and stderr that are not read to their ends
  std::vector<std::thread> threads_;
};

}  // namespace penstock::test
