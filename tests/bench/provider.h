#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/loop.h"
#include "bench/message.h"
#include "bench/script.h"
#include "bench/wire.h"

namespace penstock::bench {

class ProviderConnection;

/// Answers requests as the script says that they name. What it answers was made beforehand, but for
/// the first request of a kind. A request that is not what the load generator sends, but for the
/// wish to learn the usage, gets 422: so a gateway that spoils one is found out. One thread.
class Provider final : public Loop::Socket {
 public:
  /// `listener`: see start_listening; taken over. `tls` may be null.
  Provider(int listener, SSL_CTX* tls);
  ~Provider() override;

  void run_once(Nanos until) { loop_.run_once(until); }
  void ready(bool ended) override;

 private:
  friend class ProviderConnection;

  /// One kind of exchange.
  struct Exchange {
    Message answer;
    Nanos pace = 0;              // between two pieces
    bool begins_at_once = true;  // false: the first piece waits as well
  };
  /// By the request's body. What is not one of ours, or one kind too many, has the refusal.
  const Exchange& find(std::string_view request);
  const Exchange& learn(std::string_view request);

  int listener_;
  SSL_CTX* tls_;
  Loop loop_;
  std::map<std::string, Exchange, std::less<>> exchanges_;
  Exchange refusal_;
  std::vector<std::unique_ptr<ProviderConnection>> connections_;
  std::vector<ProviderConnection*> free_;
};

}  // namespace penstock::bench
