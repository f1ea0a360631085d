#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/clock.h"

#include "limits/remote/resp.h"
#include "limits/remote/scripts.h"

namespace penstock::runtime {
class Fiber;
class Loop;
}  // namespace penstock::runtime

namespace penstock::limits::remote {

/// One run of a script, or one plain command, from its making to its reply. Shared by who waits and
/// by the link that carries it, which may be on different threads, so it is made by make_shared.
///
///   const auto call = std::make_shared<Call>(&scripts.reserve, base);
///   call->add(id).add(amount);
///   link.submit(call);
///   const Call::Result result = call->wait(deadline);
class Call : public std::enable_shared_from_this<Call> {
 public:
  /// Why there is no reply.
  enum class Failure {
    kNone,
    kTimeout,    // the deadline's time came; whether the server did it is unknown
    kCancelled,  // likewise, by the deadline's token
    kLost,       // there is no connection, or it broke; likewise
  };
  struct Result {
    Failure failure = Failure::kTimeout;
    Reply reply{};         // with kNone; may be an error
    std::string reason{};  // with kLost, for the log
    bool ok() const noexcept { return failure == Failure::kNone && !reply.is_error(); }
  };

  /// A script, which outlives the call and gets `base` as its only key; nullptr: a command, whose
  /// words are all added.
  explicit Call(const Script* script, std::string_view base = {});

  Call& add(std::string_view word);
  Call& add(std::uint64_t number) { return add(std::to_string(number)); }
  /// Words that append_word has written.
  Call& add_encoded(std::string_view bytes, std::size_t words);

  /// Suspends the fiber, or blocks the thread where there is none, until the reply or a failure.
  /// Once. Afterwards nobody waits any more.
  Result wait(Deadline deadline);

  /// For the link. Appends what is to be sent; kWhole: with the text of the script, for a server
  /// that has not got it.
  enum class Form { kByDigest, kWhole };
  void append_to(std::string& bytes, Form form) const;
  bool is_script() const noexcept { return script_ != nullptr; }
  /// Wakes who waits, or who will wait. False: nobody does any more. Any thread.
  bool complete(Result result) noexcept;
  MonotonicTime sent_at;  // the link's own

 private:
  Result wait_in_fiber(runtime::Fiber& fiber, Deadline deadline);
  Result wait_on_thread(Deadline deadline);

  const Script* script_;
  std::size_t words_ = 0;
  std::string encoded_;  // the words

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<Result> result_;
  bool abandoned_ = false;
  runtime::Loop* loop_ = nullptr;    // of the fiber, while it waits
  runtime::Fiber* fiber_ = nullptr;  // not guarded: touched on its loop alone
};

/// Why a call has not given what it was made for, in words for the log.
std::string reason_of(const Call::Result& result);

}  // namespace penstock::limits::remote
