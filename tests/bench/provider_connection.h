#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bench/loop.h"
#include "bench/provider.h"
#include "bench/wire.h"

namespace penstock::bench {

/// One connection of the provider: reads a request, writes its answer, at once or piece by piece,
/// then reads the next one. Serves a further connection after its own was closed.
class ProviderConnection final : public Loop::Socket, public Loop::Timer {
 public:
  explicit ProviderConnection(Provider& provider) : provider_(provider) {}

  void serve(int fd);
  void ready(bool ended) override;
  void due() override;

 private:
  void read_on(bool ended);
  void take(std::string_view bytes);
  /// Begins the answer when `bytes` hold a whole request; gives the request's size, else 0.
  std::size_t take_request(std::string_view bytes);
  void begin_answer(const Provider::Exchange& exchange);
  void plan_piece();
  void write_on();
  void close();

  Provider& provider_;
  Wire wire_;
  std::string in_;                                // what was read and not answered yet
  const Provider::Exchange* exchange_ = nullptr;  // that is being answered
  std::size_t pieces_ = 0;                        // that may be written by now
  std::size_t written_ = 0;                       // of the answer
  Nanos next_piece_at_ = 0;
  bool timer_runs_ = false;
};

}  // namespace penstock::bench
