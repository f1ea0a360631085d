#include "bench/provider_connection.h"

#include <array>

namespace penstock::bench {
namespace {

// Shared by all connections: nothing stays in it from one call to the next.
std::array<char, 256 * 1024> buffer;

}  // namespace

void ProviderConnection::serve(int fd) {
  wire_ = Wire(fd, provider_.tls_, Wire::Side::kServer);
  provider_.loop_.watch(fd, *this);
}

void ProviderConnection::ready(bool ended) {
  if (!wire_.open()) return;
  write_on();
  if (wire_.open()) read_on(ended);
}

void ProviderConnection::read_on(bool ended) {
  while (wire_.open()) {
    const Wire::Moved moved = wire_.read(buffer.data(), buffer.size());
    if (moved.bytes > 0) take({buffer.data(), moved.bytes});
    if (moved.state == Wire::State::kClosed) return close();
    if (moved.state == Wire::State::kBlocked && (!ended || moved.bytes == 0)) return;
  }
}

void ProviderConnection::take(std::string_view bytes) {
  // The usual request comes in one piece and is not copied.
  if (in_.empty()) bytes.remove_prefix(take_request(bytes));
  in_.append(bytes);
  while (!in_.empty()) {
    const std::size_t size = take_request(in_);
    if (size == 0) return;
    in_.erase(0, size);
  }
}

std::size_t ProviderConnection::take_request(std::string_view bytes) {
  Head head;
  if (exchange_ != nullptr || !wire_.open()) return 0;
  if (read_request_head(bytes, head) != HeadState::kWhole) return 0;
  const std::size_t size = head.size + head.length.value_or(0);
  if (bytes.size() < size) return 0;
  begin_answer(provider_.find(bytes.substr(head.size, size - head.size)));
  return size;
}

void ProviderConnection::begin_answer(const Provider::Exchange& exchange) {
  exchange_ = &exchange;
  written_ = 0;
  pieces_ = exchange.pace == 0 ? exchange.answer.piece_ends.size() : 0;
  if (exchange.pace == 0) return write_on();
  next_piece_at_ = now() + (exchange.begins_at_once ? 0 : exchange.pace);
  if (!timer_runs_) plan_piece();
}

void ProviderConnection::plan_piece() {
  timer_runs_ = true;
  provider_.loop_.call_at(next_piece_at_, *this);
}

void ProviderConnection::due() {
  timer_runs_ = false;
  if (!wire_.open()) return provider_.free_.push_back(this);
  ++pieces_;
  next_piece_at_ += exchange_->pace;
  if (pieces_ < exchange_->answer.piece_ends.size()) plan_piece();
  write_on();
}

void ProviderConnection::write_on() {
  if (exchange_ == nullptr || pieces_ == 0) return;
  const Message& answer = exchange_->answer;
  const std::size_t end = answer.piece_ends[pieces_ - 1];
  while (written_ < end) {
    const Wire::Moved moved =
        wire_.write(std::string_view(answer.bytes).substr(written_, end - written_));
    written_ += moved.bytes;
    if (moved.state == Wire::State::kClosed) return close();
    if (moved.state == Wire::State::kBlocked && moved.bytes == 0) return;
  }
  if (written_ == answer.bytes.size()) exchange_ = nullptr;
}

void ProviderConnection::close() {
  wire_.close();
  in_.clear();
  exchange_ = nullptr;
  if (!timer_runs_) provider_.free_.push_back(this);
}

}  // namespace penstock::bench
