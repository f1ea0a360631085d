#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace penstock {

template <class Signature>
class UniqueFunction;

/// A callable that may own move-only state; std::move_only_function of C++23, which g++ 12 has not
/// in C++20. Empty when default-constructed. Not thread-safe by itself.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction> &&
           std::is_invocable_r_v<R, F&, Args...>) UniqueFunction(F f)
      : target_(std::make_unique<Holder<F>>(std::move(f))) {}  // NOLINT: implicit

  explicit operator bool() const noexcept { return target_ != nullptr; }
  R operator()(Args... args) { return target_->call(std::forward<Args>(args)...); }

 private:
  struct Target {
    virtual ~Target() = default;
    virtual R call(Args... args) = 0;
  };
  template <class F>
  struct Holder final : Target {
    explicit Holder(F f) : function(std::move(f)) {}
    R call(Args... args) override { return function(std::forward<Args>(args)...); }
    F function;
  };
  std::unique_ptr<Target> target_;
};

}  // namespace penstock
