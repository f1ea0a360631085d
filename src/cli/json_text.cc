#include "cli/json_text.h"

namespace penstock::cli {

nlohmann::json parse_json(std::string_view text) {
  constexpr int kMaxDepth = 64;  // the tree is copied and destroyed by recursion
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  auto json = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  return too_deep ? nlohmann::json(nlohmann::json::value_t::discarded) : json;
}

const nlohmann::json* find(const nlohmann::json& json, std::initializer_list<const char*> path) {
  const nlohmann::json* here = &json;
  for (const char* name : path) {
    if (!here->is_object()) return nullptr;
    const auto member = here->find(name);
    if (member == here->end()) return nullptr;
    here = &*member;
  }
  return here;
}

std::string text_at(const nlohmann::json& json, std::initializer_list<const char*> path) {
  const nlohmann::json* value = find(json, path);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

double number_at(const nlohmann::json& json, std::initializer_list<const char*> path) {
  const nlohmann::json* value = find(json, path);
  return value != nullptr && value->is_number() ? value->get<double>() : 0;
}

const nlohmann::json& list_at(const nlohmann::json& json, std::initializer_list<const char*> path) {
  static const nlohmann::json none = nlohmann::json::array();
  const nlohmann::json* value = find(json, path);
  return value != nullptr && value->is_array() ? *value : none;
}

}  // namespace penstock::cli
