#include "runtime/resolver.h"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <new>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "runtime/fiber.h"
#include "runtime/loop.h"

namespace penstock::runtime {

namespace {

using namespace std::chrono_literals;
constexpr auto kFresh = 30s;
constexpr auto kStale = 10min;
constexpr std::size_t kLookupThreads = 2;
constexpr int kMaxPending = 1024;

using Addresses = std::vector<Address>;

void set_port(Address& address, std::uint16_t port) {
  if (address.storage.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
  }
}

/// Alternates the families, the preferred one first, so that a dead family costs one attempt.
Addresses interleave(const Addresses& in) {
  Addresses first;
  Addresses second;
  for (const Address& address : in) {
    const bool preferred = address.storage.ss_family == in.front().storage.ss_family;
    (preferred ? first : second).push_back(address);
  }
  Addresses out;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) out.push_back(first[i]);
    if (i < second.size()) out.push_back(second[i]);
  }
  return out;
}

IoResult<Addresses> look_up(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); failed != 0) {
    return IoError{IoError::Kind::kName, "`" + host + "`: " + ::gai_strerror(failed)};
  }
  Addresses addresses;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    Address address;
    address.size = each->ai_addrlen;
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    addresses.push_back(address);
  }
  ::freeaddrinfo(list);
  if (addresses.empty()) return IoError{IoError::Kind::kName, "`" + host + "` has no address"};
  return interleave(addresses);
}

/// One look-up that a fiber waits for; shared with the thread that makes it.
struct Request {
  Fiber* waiter = nullptr;  // touched on the loop's thread only
  bool done = false;        // likewise
  IoResult<Addresses> answer = IoError{};
};

}  // namespace

struct Resolver::Impl {
  struct Entry {
    Addresses addresses;
    MonotonicTime found;
  };

  explicit Impl(const Clock& given) : clock(given) {}

  const Clock& clock;
  std::mutex mutex;
  std::map<std::string, Entry> cache;  // hosts of the configuration only, so it stays small
  int pending = 0;
  boost::asio::thread_pool threads{kLookupThreads};

  std::optional<Addresses> cached(const std::string& host, std::chrono::seconds max_age) {
    const std::lock_guard lock(mutex);
    const auto found = cache.find(host);
    if (found == cache.end() || clock.now() - found->second.found > max_age) return std::nullopt;
    return found->second.addresses;
  }

  bool admit() {
    const std::lock_guard lock(mutex);
    if (pending >= kMaxPending) return false;
    ++pending;
    return true;
  }

  IoResult<Addresses> ask(const std::string& host) {
    IoResult<Addresses> answer = look_up(host, 0);
    const std::lock_guard lock(mutex);
    if (answer) cache[host] = {*answer, clock.now()};
    return answer;
  }

  void leave() {
    const std::lock_guard lock(mutex);
    --pending;
  }
};

Resolver::Resolver(const Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}

Resolver::~Resolver() {
  impl_->threads.join();
}

IoResult<Addresses> Resolver::resolve(const std::string& host, std::uint16_t port,
                                      Deadline deadline) {
  const auto with_port = [port](Addresses addresses) {
    for (Address& address : addresses) set_port(address, port);
    return addresses;
  };
  if (auto literal = look_up(host, AI_NUMERICHOST)) return with_port(std::move(*literal));
  if (auto fresh = impl_->cached(host, kFresh)) return with_port(std::move(*fresh));
  if (!impl_->admit()) return IoError{IoError::Kind::kName, "too many look-ups are waiting"};

  auto request = std::make_shared<Request>();
  request->waiter = &Fiber::current();
  boost::asio::post(impl_->threads, [this, request, host, &loop = Fiber::current().loop()] {
    // Without memory there is no answer, and the fiber waits until its deadline.
    try {
      auto answer = impl_->ask(host);
      loop.post([request, answer = std::move(answer)]() mutable {
        request->answer = std::move(answer);
        request->done = true;
        if (request->waiter != nullptr) request->waiter->notify();
      });
    } catch (const std::bad_alloc&) {
    }
    impl_->leave();
  });

  Wake wake = Wake::kNotified;
  while (!request->done && wake == Wake::kNotified) wake = Fiber::current().park(deadline);
  request->waiter = nullptr;
  if (request->done && request->answer) return with_port(std::move(*request->answer));
  if (wake == Wake::kCancelled) return IoError{IoError::Kind::kCancelled, "cancelled"};
  if (auto stale = impl_->cached(host, kStale)) return with_port(std::move(*stale));
  if (request->done) return request->answer.error();
  return IoError{IoError::Kind::kTimeout, "look-up of `" + host + "` took too long"};
}

}  // namespace penstock::runtime
