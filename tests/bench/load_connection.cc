#include "bench/load_connection.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "bench/load.h"

namespace penstock::bench {
namespace {

constexpr Nanos kSlowReadEvery = 100 * kMillisecond;
constexpr int kSlowReceiveBuffer = 4096;
constexpr std::size_t kMaxHead = 64 * 1024;
constexpr std::size_t kMaxText = 64 * 1024;

// Shared by all connections: nothing stays in it from one call to the next.
std::array<char, 256 * 1024> buffer;

}  // namespace

void LoadConnection::ask(Nanos intended) {
  intended_ = intended;
  phase_ = Phase::kHead;
  written_ = 0;
  matched_ = 0;
  events_ = 0;
  text_.clear();
  if (!wire_.open() && !connect()) return fail("no socket could be opened");
  write_on();
}

bool LoadConnection::connect() {
  const bool slow = load_.options_.read_rate > 0;
  const int fd = start_connect(load_.options_.port, slow ? kSlowReceiveBuffer : 0);
  if (fd < 0) return false;
  ++load_.report_.connections;
  wire_ = Wire(fd, load_.options_.tls, Wire::Side::kClient);
  load_.loop_.watch(fd, *this);
  if (slow && !reads_planned_) plan_read();
  return true;
}

void LoadConnection::ready(bool ended) {
  if (!wire_.open()) return;
  write_on();
  if (wire_.open() && load_.options_.read_rate == 0) read_on(ended);
}

void LoadConnection::write_on() {
  const std::string_view question = load_.question_.request;
  while (busy() && written_ < question.size()) {
    const Wire::Moved moved = wire_.write(question.substr(written_));
    written_ += moved.bytes;
    if (moved.state == Wire::State::kClosed) return fail("the connection broke");
    if (moved.state == Wire::State::kBlocked) return;
  }
}

void LoadConnection::read_on(bool ended) {
  while (wire_.open()) {
    const Wire::Moved moved = wire_.read(buffer.data(), buffer.size());
    if (moved.bytes > 0) take({buffer.data(), moved.bytes});
    if (moved.state == Wire::State::kClosed) return fail("the connection was closed");
    if (moved.state == Wire::State::kBlocked && (!ended || moved.bytes == 0)) return;
  }
}

void LoadConnection::plan_read() {
  reads_planned_ = true;
  load_.loop_.call_at(now() + kSlowReadEvery, *this);
}

void LoadConnection::due() {
  reads_planned_ = false;
  if (wire_.open()) read_slowly();
  if (wire_.open() && !reads_planned_) plan_read();
}

void LoadConnection::read_slowly() {
  constexpr std::size_t kReadsPerSecond = kSecond / kSlowReadEvery;
  const std::size_t quota = std::max(load_.options_.read_rate / kReadsPerSecond, std::size_t{1});
  const Wire::Moved moved = wire_.read(buffer.data(), std::min(quota, buffer.size()));
  if (moved.bytes > 0) take({buffer.data(), moved.bytes});
  if (moved.state == Wire::State::kClosed) fail("the connection was closed");
}

void LoadConnection::take(std::string_view bytes) {
  while (!bytes.empty() && wire_.open()) {
    if (phase_ == Phase::kIdle) return fail("bytes came that nobody had asked for");
    if (phase_ == Phase::kHead && !take_head(bytes)) return;
    take_body(bytes);
  }
}

bool LoadConnection::take_head(std::string_view& bytes) {
  if (!head_bytes_.empty()) head_bytes_.append(bytes);
  const std::string_view seen = head_bytes_.empty() ? bytes : std::string_view(head_bytes_);
  Head head;
  const HeadState state = read_answer_head(seen, head);
  if (state == HeadState::kPartial && seen.size() <= kMaxHead) {
    if (head_bytes_.empty()) head_bytes_ = bytes;
    return false;
  }
  if (state != HeadState::kWhole) {
    fail("what came is no answer of HTTP/1.1");
    return false;
  }
  if (head.status != load_.question_.status) {
    fail("the status is " + std::to_string(head.status));
    return false;
  }
  bytes.remove_prefix(head.size - (seen.size() - bytes.size()));
  head_bytes_.clear();
  closes_ = head.close;
  body_.start(head);
  phase_ = Phase::kBody;
  return true;
}

void LoadConnection::take_body(std::string_view& bytes) {
  const Nanos time = now();
  while (true) {
    const std::string_view piece = body_.take(bytes);
    if (piece.empty()) break;
    if (!matches(piece)) return fail("the body differs from what was expected");
    matched_ += piece.size();
    load_.report_.body_bytes += piece.size();
  }
  note_events(time);
  if (body_.failed()) return fail("the body's framing is broken");
  if (!body_.done()) return;
  if (!bytes.empty()) return fail("bytes came that nobody had asked for");
  end_answer();
}

bool LoadConnection::matches(std::string_view piece) {
  const std::string& expected = load_.question_.answer.body;
  if (expected.empty()) {
    text_.append(piece);
    return text_.size() <= kMaxText;
  }
  return piece.size() <= expected.size() - matched_ &&
         std::memcmp(expected.data() + matched_, piece.data(), piece.size()) == 0;
}

void LoadConnection::note_events(Nanos time) {
  const auto& ends = load_.question_.answer.event_ends;
  while (events_ < ends.size() && ends[events_] <= matched_) {
    if (events_ == 0) {
      load_.report_.first_event.add(time - intended_);
      load_.note_first_event();
    } else {
      load_.report_.gap.add(time - last_event_);
    }
    last_event_ = time;
    ++events_;
  }
}

void LoadConnection::end_answer() {
  const Question& question = load_.question_;
  if (matched_ < question.answer.body.size()) return fail("the body ended too early");
  if (text_.find(question.text) == std::string::npos) return fail("the body lacks the text");
  phase_ = Phase::kIdle;
  if (closes_ || load_.options_.churn) wire_.close();
  load_.note_answer(*this);
}

void LoadConnection::fail(std::string_view what) {
  const Load::Was was = busy() ? Load::Was::kAsked : Load::Was::kFree;
  wire_.close();
  head_bytes_.clear();
  phase_ = Phase::kIdle;
  load_.note_fault(*this, was, what);
}

}  // namespace penstock::bench
