#pragma once

#include <boost/system/result.hpp>

#include "penstock/error.h"

namespace penstock {

/// A value or an Error. Test it, then use `*r` or `r.error()`; `value()` of a failed result aborts.
template <class T>
using Result = boost::system::result<T, Error>;

/// Called by `value()` of a failed result, which is a bug of the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& loc);

}  // namespace penstock

/// `auto x = TRY(may_fail());`: the value, or return the error from the enclosing function. Not
/// inside the braces of an aggregate: g++ 12 forgets to destroy the members made before it.
#define TRY(expression)                                      \
  __extension__({                                            \
    auto&& try_result_ = (expression);                       \
    if (!try_result_) return std::move(try_result_).error(); \
    *std::move(try_result_);                                 \
  })

/// The same for a result without a value.
#define TRY_VOID(expression)                                 \
  do {                                                       \
    auto&& try_result_ = (expression);                       \
    if (!try_result_) return std::move(try_result_).error(); \
  } while (false)
