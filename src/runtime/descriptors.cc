#include "runtime/descriptors.h"

#include <algorithm>
#include <sys/resource.h>

namespace penstock::runtime {

namespace {
constexpr rlim_t kKeptBack = 16;
}

bool is_kept_back(int descriptor) noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const rlim_t kept = std::min(kKeptBack, limit.rlim_cur / 4);
  return static_cast<rlim_t>(descriptor) >= limit.rlim_cur - kept;
}

}  // namespace penstock::runtime
