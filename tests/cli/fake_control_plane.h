#pragma once

#include <httplib.h>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {

/// A control plane that answers what a test says, on a free port of 127.0.0.1.
class FakeControlPlane {
 public:
  FakeControlPlane() {
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request.method + " " + request.path + " " +
                      request.get_header_value("Authorization"));
      response.status = status_;
      response.set_content(body_, "application/json");
    };
    server_.Get(".*", answer);
    server_.Post(".*", answer);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~FakeControlPlane() {
    // Before it runs, stop() would be forgotten.
    while (!server_.is_running()) std::this_thread::yield();
    server_.stop();
    thread_.join();
  }
  FakeControlPlane(const FakeControlPlane&) = delete;
  FakeControlPlane& operator=(const FakeControlPlane&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// What every request gets from now on.
  void answer(int status, std::string body) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    body_ = std::move(body);
  }
  /// "GET /v1/status Bearer key" of each request.
  std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  mutable std::mutex mutex_;  // guards what follows
  int status_ = 200;
  std::string body_ = "{}";
  std::vector<std::string> seen_;
};

/// What GET /v1/status answers.
inline constexpr const char* kStatus = R"({
  "version": "0.1.0", "state": "ready", "started_at": "2026-01-02T03:04:05Z",
  "uptime_seconds": 11520,
  "configuration": {"origin": "penstock.yaml", "hash": "0123456789abcdef0123456789abcdef",
                    "loaded_at": "2026-01-02T03:04:05Z", "last_reload": null},
  "event_loops": 2, "connections": 12, "exchanges": 4, "streams": 3,
  "upstreams": [{"name": "openai", "kind": "openai", "url": "https://api.openai.com/v1",
                 "connections": {"active": 3, "idle": 5}}]
})";

/// What GET /v1/limits answers.
inline constexpr const char* kLimits = R"({
  "limits": [{"name": "per key", "unit": "tokens", "algorithm": "bucket", "capacity": 100000,
              "window_ms": 60000, "period": null, "time_zone": null,
              "meters": [{"subject": "ci", "used": 1000, "reserved": 250, "remaining": 98750,
                          "reset_ms": 750}],
              "more_meters": true},
             {"name": "monthly", "unit": "requests", "algorithm": "calendar", "capacity": 1000000,
              "window_ms": null, "period": "month", "time_zone": "Europe/Berlin", "meters": [],
              "more_meters": false}]
})";

}  // namespace penstock::test
