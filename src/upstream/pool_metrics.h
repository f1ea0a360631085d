#pragma once

#include <string>
#include <utility>

#include "metrics/metrics.h"

namespace penstock::upstream {

/// Connections to upstreams by {upstream, state}: active while an exchange uses one, else idle.
extern const MetricFamily kUpstreamConnections;

/// Counts one connection under its state for as long as it lives. Move-only; one thread.
class ConnectionGauge {
 public:
  /// Counts nothing.
  ConnectionGauge() = default;
  ConnectionGauge(MetricCell& active, MetricCell& idle) : active_(&active), idle_(&idle) {
    active_->add(1);
  }
  ConnectionGauge(ConnectionGauge&& other) noexcept
      : active_(std::exchange(other.active_, nullptr)), idle_(other.idle_), rests_(other.rests_) {}
  ConnectionGauge& operator=(ConnectionGauge&& other) noexcept {
    std::swap(active_, other.active_);
    std::swap(idle_, other.idle_);
    std::swap(rests_, other.rests_);
    return *this;
  }
  ~ConnectionGauge() {
    if (active_ != nullptr) (rests_ ? idle_ : active_)->add(-1);
  }

  void set_idle(bool rests) {
    if (active_ == nullptr || rests == rests_) return;
    rests_ = rests;
    active_->add(rests ? -1 : 1);
    idle_->add(rests ? 1 : -1);
  }

 private:
  MetricCell* active_ = nullptr;
  MetricCell* idle_ = nullptr;
  bool rests_ = false;
};

}  // namespace penstock::upstream
