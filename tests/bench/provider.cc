#include "bench/provider.h"

#include <unistd.h>
#include <utility>

#include "bench/provider_connection.h"

namespace penstock::bench {
namespace {

constexpr std::size_t kMaxExchanges = 256;

std::string model_of(std::string_view request) {
  constexpr std::string_view kKey = R"("model":")";
  const std::size_t key = request.find(kKey);
  if (key == std::string_view::npos) return {};
  const std::size_t begin = key + kKey.size();
  return std::string(request.substr(begin, request.find('"', begin) - begin));
}

/// The request without the wish that a gateway may add, before or behind another member.
std::string without_wish(std::string_view request) {
  std::string text(request);
  const std::size_t at = text.find(kAsksUsage);
  if (at == std::string::npos) return text;
  const bool comma_before = at > 0 && text[at - 1] == ',';
  return text.erase(comma_before ? at - 1 : at, kAsksUsage.size() + 1);
}

bool is_right(std::string_view request, const Script& script, StreamUsage usage) {
  return request == make_request(script, usage, request.size());
}

}  // namespace

Provider::Provider(int listener, SSL_CTX* tls) : listener_(listener), tls_(tls) {
  constexpr std::string_view kRefusal = "the request is not as it was sent\n";
  refusal_.answer.bytes =
      "HTTP/1.1 422 Unprocessable Content\r\nContent-Length: " + std::to_string(kRefusal.size()) +
      "\r\n\r\n" + std::string(kRefusal);
  refusal_.answer.piece_ends = {refusal_.answer.bytes.size()};
  loop_.watch(listener_, *this);
}

Provider::~Provider() {
  ::close(listener_);
}

void Provider::ready(bool) {
  for (int fd; (fd = accept_one(listener_)) >= 0;) {
    if (free_.empty()) {
      connections_.push_back(std::make_unique<ProviderConnection>(*this));
      free_.push_back(connections_.back().get());
    }
    ProviderConnection* connection = free_.back();
    free_.pop_back();
    connection->serve(fd);
  }
}

const Provider::Exchange& Provider::find(std::string_view request) {
  const auto known = exchanges_.find(request);
  return known != exchanges_.end() ? known->second : learn(request);
}

const Provider::Exchange& Provider::learn(std::string_view request) {
  const auto script = Script::parse(model_of(request));
  if (!script || exchanges_.size() >= kMaxExchanges) return refusal_;
  const bool wants_usage = request.find(kAsksUsage) != std::string_view::npos;
  const StreamUsage usage = wants_usage ? StreamUsage::kPresent : StreamUsage::kAbsent;
  const bool right = is_right(request, *script, usage) ||
                     is_right(without_wish(request), *script, StreamUsage::kAbsent);
  if (!right) return refusal_;
  Exchange exchange{make_message(*script, usage), std::chrono::nanoseconds(script->pace).count(),
                    script->kind == Script::Kind::kStream};
  return exchanges_.emplace(request, std::move(exchange)).first->second;
}

}  // namespace penstock::bench
