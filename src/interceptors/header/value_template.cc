#include "interceptors/header/value_template.h"

#include <algorithm>
#include <utility>

#include "penstock/config.h"

namespace penstock::header {

namespace {

constexpr std::pair<std::string_view, Placeholder> kNames[] = {
    {"key", Placeholder::kKey},
    {"model", Placeholder::kModel},
    {"request_id", Placeholder::kRequestId},
    {"upstream", Placeholder::kUpstream},
};

Result<Placeholder> find_placeholder(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [each, placeholder] : kNames) {
    if (each == name) return placeholder;
    known.emplace_back(each);
  }
  // The name itself is not quoted: a secret may hold a brace.
  if (const auto near = config::nearest(name, known)) {
    return invalid_request("unknown placeholder; did you mean `{" + *near + "}`?");
  }
  return invalid_request(
      "unknown placeholder; known ones are {key}, {model}, {request_id}, {upstream}; write `{{` "
      "for a brace");
}

std::string_view text_of(Placeholder placeholder, const Exchange& x) {
  const RequestFacts* facts = x.known_facts();
  switch (placeholder) {
    case Placeholder::kNone:
      break;
    case Placeholder::kRequestId:
      return x.id();
    case Placeholder::kKey:
      return x.principal ? std::string_view(x.principal->name) : "";
    case Placeholder::kModel:
      return facts ? std::string_view(facts->model) : "";
    case Placeholder::kUpstream:
      return facts ? std::string_view(facts->target.upstream) : "";
  }
  return {};
}

}  // namespace

Result<ValueTemplate> ValueTemplate::parse(std::string_view text) {
  if (!is_field_value(text)) return invalid_request("the value holds a control character");
  ValueTemplate result;
  Piece piece;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    piece.text += text.substr(0, open);
    text.remove_prefix(open);
    if (text.starts_with("{{")) {
      piece.text += '{';
      text.remove_prefix(2);
    } else if (!text.empty()) {
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos) {
        return invalid_request("a brace is not closed; write `{{` for a brace");
      }
      piece.placeholder = TRY(find_placeholder(text.substr(1, close - 1)));
      result.pieces_.push_back(std::exchange(piece, {}));
      text.remove_prefix(close + 1);
    }
  }
  result.pieces_.push_back(std::move(piece));
  return result;
}

bool ValueTemplate::uses(Placeholder placeholder) const noexcept {
  return std::any_of(pieces_.begin(), pieces_.end(), [placeholder](const Piece& piece) {
    return piece.placeholder == placeholder;
  });
}

std::string_view ValueTemplate::render(const Exchange& x, std::string& room) const {
  if (pieces_.size() == 1) return pieces_.front().text;
  room.clear();
  for (const Piece& piece : pieces_) {
    room += piece.text;
    room += text_of(piece.placeholder, x);
  }
  return room;
}

}  // namespace penstock::header
