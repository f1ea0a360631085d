#include "fuzz/json_value.h"

#include "json/document.h"

namespace penstock::fuzz {

namespace {

using nlohmann::json;

/// Looks at what the DOM of nlohmann does not show.
class RuleCheck final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t& text) override {
    return text.find_first_of(".eE") != std::string::npos;  // else an integer beyond 64 bits
  }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ <= penstock::json::kMaxDepth; }
  bool start_array(std::size_t) override { return ++depth_ <= penstock::json::kMaxDepth; }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool leave() {
    --depth_;
    return true;
  }
  std::size_t depth_ = 0;
};

json list(simdjson::dom::array items) {
  json array = json::array();
  for (const auto item : items) array.push_back(to_nlohmann(item));
  return array;
}

json map(simdjson::dom::object fields) {
  json object = json::object();
  for (const auto field : fields) object[std::string(field.key)] = to_nlohmann(field.value);
  return object;
}

}  // namespace

std::string padded(std::string_view text) {
  std::string copy;
  copy.reserve(text.size() + penstock::json::kPadding);
  copy.append(text);
  return copy;
}

json to_nlohmann(simdjson::dom::element value) {
  using simdjson::dom::element_type;
  switch (value.type()) {
    case element_type::ARRAY:
      return list(value.get_array());
    case element_type::OBJECT:
      return map(value.get_object());
    case element_type::INT64:
      return std::int64_t(value);
    case element_type::UINT64:
      return std::uint64_t(value);
    case element_type::DOUBLE:
      return double(value);
    case element_type::STRING:
      return std::string(std::string_view(value));
    case element_type::BOOL:
      return bool(value);
    case element_type::NULL_VALUE:
      break;
  }
  return nullptr;
}

std::optional<json> read_by_nlohmann(std::string_view text) {
  // nlohmann skips a byte order mark and takes a NUL for the end.
  if (text.starts_with("\xEF\xBB\xBF")) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  RuleCheck rules;
  if (!json::sax_parse(text, &rules)) return std::nullopt;
  return json::parse(text);
}

}  // namespace penstock::fuzz
