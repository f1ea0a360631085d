#include "limits/remote/stores.h"

#include <string_view>
#include <tuple>
#include <utility>

namespace penstock::limits {

namespace {

bool same(const RemoteOptions& a, const RemoteOptions& b) {
  const auto values = [](const RemoteOptions& o) {
    return std::tuple(std::string_view(o.host), o.port, std::string_view(o.username),
                      o.password.reveal(), o.database, o.tls, std::string_view(o.ca_file),
                      std::string_view(o.prefix), o.timeout, o.hold, o.lease,
                      std::string_view(o.clock_script));
  };
  return values(a) == values(b);
}

}  // namespace

Result<std::shared_ptr<Store>> Stores::open(const RemoteOptions& options,
                                            const RemoteServices& services) {
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [](const Open& open) { return open.store.expired(); });
  for (const Open& open : open_) {
    if (!same(open.options, options)) continue;
    if (auto store = open.store.lock()) return store;
  }
  std::shared_ptr<Store> store = TRY(make_remote_store(options, services));
  open_.push_back({options, store});
  return store;
}

}  // namespace penstock::limits
