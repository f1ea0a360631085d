#include "limits/remote/link.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <utility>

#include "base/text.h"
#include "runtime/sleep.h"

namespace penstock::limits::remote {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxQueued = 16'384;
constexpr std::size_t kMaxBatchBytes = 256 << 10;
/// For the connection, TLS, the password and the scripts, together.
constexpr std::chrono::milliseconds kConnectTime = 1s;
/// A server that answers nothing for so long is not worth waiting for: what it says later helps
/// nobody, and a connection that is made anew shows whether it is there.
constexpr auto kSilence = 2s;
constexpr std::chrono::milliseconds kFirstPause = 50ms;
constexpr std::chrono::milliseconds kLongestPause = 1s;

constexpr std::array<std::string_view, 1> kLabels{"result"};

Error broken(std::string_view reason) {
  return internal_error(std::string(reason));
}

/// Runs `fn`; without the memory for it the connection is as good as broken.
template <class Fn>
auto with_memory(Fn fn) -> decltype(fn()) {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
  }
  return broken("the gateway has no memory");
}

/// Errors after which another server may stand behind the same name, or the same one be ready.
bool wants_new_connection(std::string_view error) {
  return error.starts_with("READONLY") || error.starts_with("LOADING") ||
         error.starts_with("MASTERDOWN") || error.starts_with("NOAUTH");
}

/// The value of a line `name:value` of INFO.
std::string_view field_of(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(concat({"\n", name, ":"}));
  if (at == std::string_view::npos) return {};
  info.remove_prefix(at + name.size() + 2);
  return info.substr(0, info.find_first_of("\r\n"));
}

}  // namespace

const MetricFamily kStoreRoundTrips{"penstock_limit_store_round_trips_total",
                                    "Calls to the store of limits, by how they ended.",
                                    MetricFamily::Type::kCounter, kLabels};

void Link::submit(const std::shared_ptr<Call>& call) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kDown) {
      call->complete({Call::Failure::kLost, {}, reason_});
      return;
    }
    if (queue_.size() >= kMaxQueued) {
      call->complete({Call::Failure::kLost, {}, "too many calls wait for the server"});
      return;
    }
    queue_.push_back(call);
  }
  if (woken_.exchange(true)) return;
  try {
    parts_.loop.post([this] { wake_->request(); });
  } catch (const std::bad_alloc&) {
    woken_ = false;  // the next call tries again
  }
}

void Link::stop() {
  stopping_ = true;
  stop_.request();
  wake_->request();
}

Deadline Link::within(std::chrono::milliseconds time, Cancel& cancel) const {
  return {parts_.loop.clock().now() + time, &cancel};
}

void Link::run() {
  auto pause = kFirstPause;
  while (!stopping_) {
    auto stream = with_memory([this] { return connect(); });
    Error reason;
    if (stream) {
      const MonotonicTime since = parts_.loop.clock().now();
      set_state(State::kUp);
      parts_.listener.on_up();
      reason = with_memory([&] { return serve(**stream); }).error();
      stream->reset();
      const bool lasted = parts_.loop.clock().now() - since > kLongestPause;
      if (lasted) pause = kFirstPause;
      set_state(lasted ? State::kConnecting : State::kDown, reason.detail);
      lose_all(reason.detail);
      if (!stopping_) parts_.listener.on_broken(reason.detail);
      if (lasted) continue;
    } else {
      reason = stream.error();
      set_state(State::kDown, reason.detail);
      lose_all(reason.detail);
      if (!stopping_) parts_.listener.on_unreachable(reason.detail);
    }
    (void)runtime::sleep_for(pause, {MonotonicTime::max(), &stop_});
    pause = std::min(2 * pause, kLongestPause);
  }
  set_state(State::kDown, "the gateway ends");
  lose_all("the gateway ends");
}

Result<std::unique_ptr<runtime::Stream>> Link::connect() {
  const RemoteOptions& options = parts_.options;
  const Deadline deadline = within(kConnectTime, stop_);
  const auto addresses = parts_.resolver.resolve(options.host, options.port, deadline);
  if (!addresses) return broken(addresses.error().detail);
  auto socket = TRY(reach(*addresses));
  std::unique_ptr<runtime::Stream> stream;
  if (parts_.tls) {
    auto secured = runtime::connect_tls(std::move(socket), *parts_.tls, options.host, deadline);
    if (!secured) return broken(secured.error().detail);
    stream = std::move(*secured);
  } else {
    stream = std::move(socket);
  }
  TRY_VOID(greet(*stream, deadline));
  return stream;
}

/// A connection to the first address that gives one; each gets a share of the time.
Result<std::unique_ptr<runtime::Socket>> Link::reach(
    const std::vector<runtime::Address>& addresses) {
  std::string reason;
  const auto share = kConnectTime / static_cast<long>(addresses.size());
  for (const runtime::Address& address : addresses) {
    auto socket = runtime::Socket::connect(address, within(share, stop_));
    if (socket) return std::move(*socket);
    reason = socket.error().detail;
  }
  return broken(reason);
}

/// Says who we are and brings the scripts.
Result<void> Link::greet(runtime::Stream& stream, Deadline deadline) {
  const RemoteOptions& options = parts_.options;
  std::string bytes;
  std::size_t commands = 0;
  const auto say = [&](std::initializer_list<std::string_view> words) {
    append_command(bytes, words);
    ++commands;
  };
  if (!options.password.empty()) {
    const std::string user = options.username.empty() ? "default" : options.username;
    say({"AUTH", user, options.password.reveal()});
  }
  if (options.database != 0) say({"SELECT", std::to_string(options.database)});
  const Scripts& scripts = parts_.scripts;
  for (const Script* script : {&scripts.reserve, &scripts.extend, &scripts.settle, &scripts.renew,
                               &scripts.heartbeat, &scripts.look}) {
    say({"SCRIPT", "LOAD", script->text});
  }
  say({"INFO", "memory"});

  reader_ = {};
  const auto written = stream.write(bytes, deadline);
  if (!written) return broken(written.error().detail);
  for (std::size_t i = 0; i < commands; ++i) {
    Reply reply = TRY(read_reply(stream, deadline));
    const bool last = i + 1 == commands;
    if (reply.is_error() && !last) return broken(explain(reply.text));
    if (last) look_at_settings(reply.text);  // empty where the user may not ask
  }
  return {};
}

Result<Reply> Link::read_reply(runtime::Stream& stream, Deadline deadline) {
  while (true) {
    auto reply = TRY(reader_.next());
    if (reply) return std::move(*reply);
    const std::span<char> room = parts_.loop.scratch();
    const auto got = stream.read(room, deadline);
    if (!got) return broken(got.error().detail);
    if (*got == 0) return broken("the server closed the connection");
    reader_.feed({room.data(), *got});
  }
}

void Link::look_at_settings(const std::string& info) {
  const std::string_view most = field_of(info, "maxmemory");
  const std::string_view policy = field_of(info, "maxmemory_policy");
  if (most.empty() || most == "0" || policy == "noeviction") return;
  parts_.listener.on_warning(
      concat({"the store of limits may forget keys (maxmemory-policy ", policy,
              "), and a meter that is forgotten grants its limit anew; set noeviction"}));
}

/// Serves the connection until it breaks or stop() is called.
Result<void> Link::serve(runtime::Stream& stream) {
  while (!stopping_) {
    TRY_VOID(write_queue(stream));
    Deadline deadline{MonotonicTime::max(), &*wake_};
    if (!in_flight_.empty()) deadline.at = in_flight_.front()->sent_at + kSilence;
    const std::span<char> room = parts_.loop.scratch();
    const auto got = stream.read(room, deadline);
    if (got && *got == 0) return broken("the server closed the connection");
    if (got) {
      reader_.feed({room.data(), *got});
      TRY_VOID(read_replies());
    } else if (got.error().kind == runtime::IoError::Kind::kCancelled) {
      wake_.emplace();
    } else if (got.error().kind != runtime::IoError::Kind::kTimeout) {
      return broken(got.error().detail);
    } else if (!in_flight_.empty() &&
               parts_.loop.clock().now() >= in_flight_.front()->sent_at + kSilence) {
      return broken("the server does not answer");
    }
  }
  return broken("the gateway ends");
}

/// Writes what waits, as one batch.
Result<void> Link::write_queue(runtime::Stream& stream) {
  while (!stopping_) {
    woken_ = false;
    std::string bytes = std::exchange(again_, {});
    const MonotonicTime now = parts_.loop.clock().recent();
    {
      const std::lock_guard lock(mutex_);
      while (!queue_.empty() && bytes.size() < kMaxBatchBytes) {
        queue_.front()->sent_at = now;
        queue_.front()->append_to(bytes, Call::Form::kByDigest);
        in_flight_.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    if (bytes.empty()) return {};
    const auto written = stream.write(bytes, within(kSilence, stop_));
    if (!written) return broken(written.error().detail);
  }
  return {};
}

Result<void> Link::read_replies() {
  while (true) {
    auto reply = TRY(reader_.next());
    if (!reply) return {};
    TRY_VOID(deliver(std::move(*reply)));
  }
}

Result<void> Link::deliver(Reply reply) {
  if (in_flight_.empty()) return broken("the server sent a reply that nobody asked for");
  const std::shared_ptr<Call> call = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (reply.is_error() && call->is_script() && reply.text.starts_with("NOSCRIPT")) {
    call->append_to(again_, Call::Form::kWhole);
    call->sent_at = parts_.loop.clock().recent();
    in_flight_.push_back(call);
    return {};
  }
  const bool renew = reply.is_error() && wants_new_connection(reply.text);
  const std::string reason = renew ? explain(reply.text) : std::string();
  complete(*call, {Call::Failure::kNone, std::move(reply)});
  if (renew) return broken(reason);
  return {};
}

void Link::complete(Call& call, Call::Result result) {
  std::string_view label = result.failure != Call::Failure::kNone ? "lost"
                           : result.reply.is_error()              ? "error"
                                                                  : "ok";
  if (!call.complete(std::move(result)) && label == "ok") label = "late";
  parts_.metrics.cell(kStoreRoundTrips, {label}).add(1);
}

void Link::set_state(State state, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  reason_ = reason;
}

void Link::lose_all(const std::string& reason) {
  std::deque<std::shared_ptr<Call>> lost = std::exchange(in_flight_, {});
  again_.clear();
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kDown) {
      std::move(queue_.begin(), queue_.end(), std::back_inserter(lost));
      queue_.clear();
    }
  }
  for (const auto& call : lost) complete(*call, {Call::Failure::kLost, {}, reason});
}

}  // namespace penstock::limits::remote
