#include "interceptors/token_limit/finish_event.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace penstock::token_limit {

std::string finish_event(const Exchange& x, const RequestFacts& facts) {
  if (x.request.route != Route::kChatCompletions) return {};
  nlohmann::ordered_json choices = nlohmann::ordered_json::array();
  for (std::uint32_t i = 0; i < std::max(facts.choices, 1U); ++i) {
    choices.push_back(
        {{"index", i}, {"delta", nlohmann::ordered_json::object()}, {"finish_reason", "length"}});
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(x.clock().wall_now());
  const nlohmann::ordered_json event{{"id", x.id()},
                                     {"object", "chat.completion.chunk"},
                                     {"created", now.time_since_epoch().count()},
                                     {"model", facts.model},
                                     {"choices", std::move(choices)}};
  return "data: " + event.dump() + "\n\n";
}

}  // namespace penstock::token_limit
