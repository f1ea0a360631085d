#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bench/loop.h"
#include "bench/message.h"
#include "bench/wire.h"

namespace penstock::bench {

class Load;

/// One connection of the load generator: sends the question, looks at the answer byte for byte,
/// tells the load. Opened by the first request, and anew when it was closed.
class LoadConnection final : public Loop::Socket, public Loop::Timer {
 public:
  explicit LoadConnection(Load& load) : load_(load) {}

  /// Asks the question. `intended`: when it was meant to be sent.
  void ask(Nanos intended);
  bool busy() const noexcept { return phase_ != Phase::kIdle; }
  Nanos intended() const noexcept { return intended_; }

  void ready(bool ended) override;
  void due() override;

 private:
  enum class Phase { kIdle, kHead, kBody };

  bool connect();
  void write_on();
  void read_on(bool ended);
  void plan_read();
  void read_slowly();
  void take(std::string_view bytes);
  bool take_head(std::string_view& bytes);
  void take_body(std::string_view& bytes);
  bool matches(std::string_view piece);
  void note_events(Nanos time);
  void end_answer();
  void fail(std::string_view what);

  Load& load_;
  Wire wire_;
  Phase phase_ = Phase::kIdle;
  Nanos intended_ = 0;
  std::size_t written_ = 0;  // of the question
  std::string head_bytes_;   // of a head that comes in pieces
  BodyReader body_;
  std::size_t matched_ = 0;  // bytes of the body that came and were right
  std::size_t events_ = 0;   // that came in whole
  Nanos last_event_ = 0;
  std::string text_;     // the body, where only a part of it is known
  bool closes_ = false;  // the answer ends the connection
  bool reads_planned_ = false;
};

}  // namespace penstock::bench
