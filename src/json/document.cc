#include "json/document.h"

#include <string>
#include <utility>

#include "penstock/error.h"

#include "json/fault.h"
#include "json/parser_pool.h"

namespace penstock::json {

namespace {

using simdjson::error_code;

error_code parse_with(simdjson::dom::parser& parser, std::string_view text) {
  return parser.parse(text.data(), text.size(), false).error();
}

// simdjson does not count an innermost container that is empty: with a limit of 64 it refuses
// 64 levels around a scalar, with 65 it accepts 65 empty arrays. So the limit is 64, and a text
// that the exact reading finds good is parsed again with one level more.
error_code parse_one_deeper(simdjson::dom::parser& parser, std::string_view text) {
  const error_code error = parser.allocate(parser.capacity(), kMaxDepth + 1);
  return error == simdjson::SUCCESS ? parse_with(parser, text) : error;
}

Error not_json(std::string_view what) {
  return invalid_request("the body is not valid JSON: " + std::string(what));
}

Error not_json(const Fault& fault) {
  return not_json(std::string(fault.what) + " at byte " + std::to_string(fault.at));
}

}  // namespace

Result<Document> Document::parse(std::string_view text) {
  Document document;
  document.text_ = text;
  document.parser_ = take_parser(text.size());
  if (document.parser_ == nullptr) return out_of_memory();

  error_code error = parse_with(*document.parser_, text);
  if (error == simdjson::SUCCESS) return document;
  if (const auto fault = find_fault(text)) return not_json(*fault);
  if (error == simdjson::DEPTH_ERROR) error = parse_one_deeper(*document.parser_, text);
  if (error == simdjson::SUCCESS) return document;
  if (error == simdjson::MEMALLOC) return out_of_memory();
  return not_json(simdjson::error_message(error));
}

Document::Document(Document&&) noexcept = default;

Document& Document::operator=(Document&& other) noexcept {
  std::swap(text_, other.text_);
  std::swap(parser_, other.parser_);
  return *this;
}

Document::~Document() {
  give_back_parser(std::move(parser_));
}

simdjson::dom::element Document::root() const {
  return parser_->doc.root();
}

std::optional<std::string_view> duplicate_key(simdjson::dom::object object,
                                              std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    bool seen = false;
    for (const auto field : object) {
      if (field.key != key) continue;
      if (seen) return key;
      seen = true;
    }
  }
  return std::nullopt;
}

}  // namespace penstock::json
