// Edits of a JSON text: two lines with a key and a value, then the text. An edit changes the member
// that it is about and nothing else.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/input.h"
#include "fuzz/json_value.h"
#include "fuzz/require.h"
#include "json/document.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

using Members = std::vector<std::pair<std::string, nlohmann::json>>;

/// The members of an object in their order, equal keys included; nullopt: it is none.
std::optional<Members> members_of(std::string_view text) {
  const std::string copy = padded(text);
  const auto document = json::Document::parse(copy);
  if (!document || !document->root().is_object()) return std::nullopt;
  Members members;
  const simdjson::dom::object object = document->root();
  for (const auto field : object) {
    members.emplace_back(field.key, to_nlohmann(field.value));
  }
  return members;
}

Members::iterator find(Members& members, std::string_view key) {
  auto at = members.begin();
  while (at != members.end() && at->first != key) ++at;
  return at;
}

/// The value of a text that may become a member: it leaves room for one level around it.
std::optional<nlohmann::json> value_of(std::string_view text) {
  const std::string in_list = padded("[" + std::string(text) + "]");
  const auto document = json::Document::parse(in_list);
  const auto alone = read_by_nlohmann(text);
  return document ? alone : std::nullopt;
}

std::string edit(std::string_view text, const json::Splice& splice) {
  require(splice.at <= text.size() && splice.remove <= text.size() - splice.at,
          "a splice lies inside of the text");
  const std::string edited = json::apply(text, {splice});
  require_equal(edited,
                std::string(text.substr(0, splice.at)) + splice.insert +
                    std::string(text.substr(splice.at + splice.remove)),
                "a splice leaves the bytes around it alone");
  return edited;
}

void check_find(std::string_view text, Members members, std::string_view key) {
  const auto span = json::find_member(text, key);
  const auto member = find(members, key);
  require(span.has_value() == (member != members.end()), "a member is found where there is one");
  if (!span) return;
  require(span->at <= text.size() && span->size <= text.size() - span->at,
          "a member lies inside of the text");
  require(read_by_nlohmann(text.substr(span->at, span->size)) == member->second,
          "what is found is the value of the member");
}

void check_set(std::string_view text, Members members, std::string_view key,
               std::string_view value_text, const nlohmann::json& value) {
  const auto edited = members_of(edit(text, json::set_member(text, key, value_text)));
  const auto member = find(members, key);
  if (member == members.end()) {
    members.emplace(members.begin(), key, value);
  } else {
    member->second = value;
  }
  require(edited == members, "setting a member changes that one");
}

void check_remove(std::string_view text, Members members, std::string_view key) {
  const auto splice = json::remove_member(text, key);
  const auto member = find(members, key);
  require(splice.has_value() == (member != members.end()), "a member that is there is removed");
  if (!splice) return;
  members.erase(member);
  require(members_of(edit(text, *splice)) == members, "removing a member removes that one");
}

/// Two new members in one go, as the header allows where the object is not empty.
void check_set_two(std::string_view text, Members members, std::string_view key,
                   std::string_view value_text, const nlohmann::json& value) {
  const std::string other = std::string(key) + "2";
  const bool both_new =
      find(members, key) == members.end() && find(members, other) == members.end();
  if (members.empty() || !both_new) return;
  const std::string edited = json::apply(
      text, {json::set_member(text, key, value_text), json::set_member(text, other, "null")});
  members.emplace(members.begin(), other, nullptr);
  members.emplace(members.begin(), key, value);
  require(members_of(edited) == members, "two new members may be set together");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const auto key = input.line();
  const auto value_text = input.line();
  const ExactCopy text(input.rest());
  const auto members = members_of(text.text());
  if (!members || !simdjson::validate_utf8(key.data(), key.size())) return 0;

  check_find(text.text(), *members, key);
  check_remove(text.text(), *members, key);
  if (const auto value = value_of(value_text)) {
    check_set(text.text(), *members, key, value_text, *value);
    check_set_two(text.text(), *members, key, value_text, *value);
  }
  return 0;
}
