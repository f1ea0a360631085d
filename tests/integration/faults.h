#pragma once

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include <nlohmann/json.hpp>

#include "integration/fixture.h"
#include "json/padded.h"
#include "tokens/request_count.h"

namespace penstock::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// So many tokens that any request fits, and none comes back, so that a charge stays to be seen.
inline constexpr const char* kSlowLimit = "tokens: 7M, each: month";

/// Codes of errors that a provider is to blame for.
inline constexpr const char* kInvalid = "upstream_invalid_response";
inline constexpr const char* kUnreachable = "upstream_unreachable";
inline constexpr const char* kTimeout = "upstream_timeout";

using Script = ScriptedUpstream::Script;

/// The value of a series of the metrics page, such as `penstock_streams_active`; nullopt: there is
/// none.
inline std::optional<std::int64_t> metric(const GatewayProcess& gateway, std::string_view series) {
  const std::string page = fetch(gateway.control_port(), get("/metrics")).body;
  const std::string line = "\n" + std::string(series) + " ";
  const std::size_t at = page.find(line);
  if (at == std::string::npos) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(page.data() + at + line.size(), page.data() + page.size(), value);
  return value;
}

inline std::string endings(std::string_view outcome) {
  return "penstock_endings_total{upstream=\"provider\",outcome=\"" + std::string(outcome) + "\"}";
}

/// How many tokens of the one limit were charged or are held; nullopt: nobody has asked yet.
inline std::optional<std::int64_t> tokens_taken(const GatewayProcess& gateway) {
  const Message answer = fetch(gateway.control_port(), get("/v1/limits"));
  const auto report = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!report.is_object()) return std::nullopt;
  const auto& limit = report.at("limits").at(0);
  if (limit.at("meters").empty()) return std::nullopt;
  return limit.at("capacity").get<std::int64_t>() -
         limit.at("meters").at(0).at("remaining").get<std::int64_t>();
}

/// The tokens of a chat.
inline std::int64_t input_count(std::string_view body) {
  const std::string text = json::padded(body);
  const auto document = json::Document::parse(text);
  if (!document) return -1;
  const std::string_view model = document->root()["model"].get_string().value();
  return static_cast<std::int64_t>(
      tokens::count_chat(*document, tokens::Models::builtin().find(model)).tokens);
}

/// What a body costs that is far from its limit, when the answer told no usage: its bytes by four,
/// within what it can have.
inline std::int64_t input_estimate(std::string_view body) {
  const std::string text = json::padded(body);
  const auto document = json::Document::parse(text);
  if (!document) return -1;
  const bool chat = document->root()["messages"].error() == simdjson::SUCCESS;
  const std::string_view model = document->root()["model"].get_string().value();
  const std::uint64_t most =
      tokens::most_of_request(chat ? Route::kChatCompletions : Route::kEmbeddings, *document,
                              tokens::Models::builtin().find(model));
  const std::uint64_t usual = (body.size() + 3) / 4;
  return static_cast<std::int64_t>(std::min(usual, most));
}

/// How many exchanges the log has by now.
inline std::size_t exchange_records(const GatewayProcess& gateway) {
  std::size_t count = 0;
  for (const std::string& line : gateway.log_lines()) {
    const auto entry = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (entry.is_object() && entry.value("event", "") == "exchange") ++count;
  }
  return count;
}

/// A listener whose queue is full: the kernel lets further connections hang.
class FullListener {
 public:
  FullListener() {
    for (int i = 0; i < 8; ++i) waiting_.push_back(Socket::begin_connect(listener_.port()));
  }
  std::uint16_t port() const { return listener_.port(); }

 private:
  Listener listener_{0};
  std::vector<Socket> waiting_;
};

/// Nothing runs and nothing is held open towards the provider but what rests in the pool.
inline bool is_at_rest(const GatewayProcess& gateway) {
  return metric(gateway, "penstock_exchanges_active") == 0 &&
         metric(gateway, "penstock_streams_active") == 0 &&
         metric(gateway, "penstock_upstream_connections{upstream=\"provider\",state=\"active\"}") ==
             0;
}

/// Waits for a message of the program itself with these words.
inline bool logged(const GatewayProcess& gateway, std::string_view words) {
  return gateway
      .wait_for_log([words](const nlohmann::json& line) {
        return line.value("message", "").find(words) != std::string::npos;
      })
      .has_value();
}

/// Every request gets the one answer.
inline void answer_all(ScriptedUpstream& provider) {
  provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
}

/// Another limit of a running process, until this dies.
class ProcessLimit {
 public:
  ProcessLimit(int pid, __rlimit_resource resource, rlim_t soft) : pid_(pid), resource_(resource) {
    EXPECT_EQ(::prlimit(pid_, resource_, nullptr, &before_), 0) << std::strerror(errno);
    const rlimit now{soft, before_.rlim_max};
    EXPECT_EQ(::prlimit(pid_, resource_, &now, nullptr), 0) << std::strerror(errno);
  }
  ~ProcessLimit() { ::prlimit(pid_, resource_, &before_, nullptr); }
  ProcessLimit(const ProcessLimit&) = delete;
  ProcessLimit& operator=(const ProcessLimit&) = delete;

 private:
  int pid_;
  __rlimit_resource resource_;
  rlimit before_{};
};

}  // namespace penstock::test
