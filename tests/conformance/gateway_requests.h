#pragma once

#include <map>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "conformance/swarm.h"
#include "support/gateway_process.h"
#include "support/scripted_upstream.h"

namespace penstock::test {

/// A gateway that takes the key and the model of the request tables, with short deadlines and with
/// an upstream that numbers its answers: the number tells which client an upstream request was
/// made for, although a hundred of them talk at once.
class RequestLab {
 public:
  RequestLab();

  /// What one connection led to.
  struct Result {
    std::vector<int> statuses;          // of the final answers, in order
    std::vector<std::string> upstream;  // the bodies of the requests made upstream for it
    bool hung = false;                  // not closed by the gateway within its deadlines
    bool clean = true;                  // the client received whole answers and nothing else

    bool operator==(const Result&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Result& result);
  };
  /// In the order of `plays`. Fails the test where the upstream saw a request that is none of ours,
  /// that asks for the hidden model, or whose answer reached nobody.
  std::vector<Result> run(const std::vector<Play>& plays);

  /// True when a plain request is answered.
  bool serves() const;
  const GatewayProcess& gateway() const noexcept { return gateway_; }

 private:
  void answer(UpstreamConnection& connection);
  Result result_of(const Heard& heard);

  std::mutex mutex_;                          // guards what follows
  std::map<std::string, Message> unclaimed_;  // requests upstream by the id of their answer
  unsigned count_ = 0;

  ScriptedUpstream upstream_;
  GatewayProcess gateway_;
};

/// A well-formed request for the chat with the tables' own key, model and body.
std::string good_request();

/// The bodies of the chat requests that the strict reader finds, in order.
std::vector<std::string> chats_in(std::string_view bytes);

/// What is wrong with what came of a case of a table, or an empty text: the rules of its class.
std::string fault_in(const nlohmann::json& entry, const RequestLab::Result& result);

}  // namespace penstock::test
