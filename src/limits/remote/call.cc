#include "limits/remote/call.h"

#include <new>
#include <utility>

#include "runtime/fiber.h"
#include "runtime/loop.h"

namespace penstock::limits::remote {

Call::Call(const Script* script, std::string_view base) : script_(script) {
  if (script_ == nullptr) return;
  add("1");  // key
  add(base);
}

Call& Call::add(std::string_view word) {
  append_word(encoded_, word);
  ++words_;
  return *this;
}

Call& Call::add_encoded(std::string_view bytes, std::size_t words) {
  encoded_ += bytes;
  words_ += words;
  return *this;
}

void Call::append_to(std::string& bytes, Form form) const {
  append_list_head(bytes, words_ + (script_ == nullptr ? 0 : 2));
  if (script_ != nullptr) {
    append_word(bytes, form == Form::kByDigest ? "EVALSHA" : "EVAL");
    append_word(bytes, form == Form::kByDigest ? script_->sha1 : script_->text);
  }
  bytes += encoded_;
}

bool Call::complete(Result result) noexcept {
  const std::lock_guard lock(mutex_);
  if (abandoned_) return false;
  result_ = std::move(result);
  changed_.notify_one();
  // Under the lock: the fiber leaves wait() only with it, so its loop lives until then.
  if (loop_ == nullptr) return true;
  try {
    loop_->post([self = shared_from_this()] {
      if (self->fiber_ != nullptr) self->fiber_->notify();
    });
  } catch (const std::bad_alloc&) {  // the fiber finds the result at its deadline
  }
  return true;
}

Call::Result Call::wait(Deadline deadline) {
  runtime::Fiber* const fiber = runtime::Fiber::current_or_null();
  return fiber != nullptr ? wait_in_fiber(*fiber, deadline) : wait_on_thread(deadline);
}

Call::Result Call::wait_in_fiber(runtime::Fiber& fiber, Deadline deadline) {
  runtime::Wake wake = runtime::Wake::kNotified;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (result_ || wake != runtime::Wake::kNotified) {
        loop_ = nullptr;
        fiber_ = nullptr;
        if (result_) return std::move(*result_);
        abandoned_ = true;
        return {wake == runtime::Wake::kDeadline ? Failure::kTimeout : Failure::kCancelled};
      }
      loop_ = &fiber.loop();
      fiber_ = &fiber;
    }
    wake = fiber.park(deadline);
  }
}

Call::Result Call::wait_on_thread(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto done = [this] { return result_.has_value(); };
  if (changed_.wait_until(lock, deadline.at, done)) return std::move(*result_);
  abandoned_ = true;
  return {Failure::kTimeout};
}

std::string reason_of(const Call::Result& result) {
  if (result.reply.is_error()) return explain(result.reply.text);
  switch (result.failure) {
    case Call::Failure::kNone:
      return "the server's answer is not what our script gives";
    case Call::Failure::kLost:
      return result.reason;
    case Call::Failure::kTimeout:
    case Call::Failure::kCancelled:
      return "the server does not answer in time, see `timeout` of `store`";
  }
  return {};
}

}  // namespace penstock::limits::remote
