#include "penstock/config.h"

#include "config/diagnostics.h"

namespace penstock::config {

namespace {

constexpr std::string_view kCountExpected = "expected a whole number such as 500, 100k or 5M";
constexpr std::string_view kBytesExpected = "expected a number of bytes such as 64KiB or 32MiB";
constexpr std::string_view kDurationExpected =
    "expected a time with its unit, such as 500ms or 60s";

// Messages never quote a value: it may have come out of `${...}` and be a secret.

/// The member as `parse` reads it. Absent: nullopt. Unfit: reported, nullopt.
template <class Parse>
auto parse_scalar(const Node* node, Parse parse, std::string_view expected,
                  Diagnostics& diagnostics) -> decltype(parse(std::string_view{})) {
  if (node == nullptr) return std::nullopt;
  if (node->kind == Node::Kind::kScalar) {
    if (auto value = parse(node->scalar)) return value;
  }
  diagnostics.error(*node, std::string(expected));
  return std::nullopt;
}

std::optional<std::string> parse_text(std::string_view text) {
  return std::string(text);
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

}  // namespace

MapReader::MapReader(const Node& node, Diagnostics& diagnostics)
    : node_(&node), diagnostics_(&diagnostics) {
  if (node.kind == Node::Kind::kScalar || node.kind == Node::Kind::kList) {
    diagnostics.error(node, "expected a map, `key: value`");
  }
}

MapReader::~MapReader() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& [key, value] : node_->members) {
    if (known_.contains(key.scalar)) continue;
    diagnostics_->error(key, "unknown key `" + key.scalar + "`; " + suggestion(key.scalar, known));
  }
}

const Node* MapReader::find(std::string_view key) {
  known_.emplace(key);
  for (const auto& [name, value] : node_->members) {
    if (name.scalar == key) return value.kind == Node::Kind::kNull ? nullptr : &value;
  }
  return nullptr;
}

const Node* MapReader::required(std::string_view key) {
  const Node* member = find(key);
  const bool could_have_it =
      node_->kind == Node::Kind::kMap || node_->kind == Node::Kind::kNull;  // else: reported
  if (member == nullptr && could_have_it) {
    diagnostics_->error(*node_, "`" + std::string(key) + "` is missing");
  }
  return member;
}

std::string MapReader::text(std::string_view key, std::string_view fallback) {
  return parse_scalar(find(key), parse_text, "expected a text", *diagnostics_)
      .value_or(std::string(fallback));
}

std::string MapReader::required_text(std::string_view key) {
  return parse_scalar(required(key), parse_text, "expected a text", *diagnostics_)
      .value_or(std::string());
}

Secret MapReader::secret(std::string_view key) {
  return Secret(text(key));
}

bool MapReader::boolean(std::string_view key, bool fallback) {
  return parse_scalar(find(key), parse_boolean, "expected true or false", *diagnostics_)
      .value_or(fallback);
}

std::uint64_t MapReader::count(std::string_view key, std::uint64_t fallback) {
  return parse_scalar(find(key), parse_count, kCountExpected, *diagnostics_).value_or(fallback);
}

std::uint64_t MapReader::required_count(std::string_view key) {
  return parse_scalar(required(key), parse_count, kCountExpected, *diagnostics_).value_or(0);
}

std::uint64_t MapReader::bytes(std::string_view key, std::uint64_t fallback) {
  return parse_scalar(find(key), parse_bytes, kBytesExpected, *diagnostics_).value_or(fallback);
}

std::chrono::milliseconds MapReader::duration(std::string_view key,
                                              std::chrono::milliseconds fallback) {
  return parse_scalar(find(key), parse_duration, kDurationExpected, *diagnostics_)
      .value_or(fallback);
}

std::chrono::milliseconds MapReader::required_duration(std::string_view key) {
  return parse_scalar(required(key), parse_duration, kDurationExpected, *diagnostics_)
      .value_or(std::chrono::milliseconds(0));
}

std::size_t MapReader::choice(std::string_view key, std::initializer_list<std::string_view> words,
                              std::size_t fallback) {
  const Node* member = find(key);
  if (member == nullptr) return fallback;
  std::size_t index = 0;
  for (const std::string_view word : words) {
    if (member->kind == Node::Kind::kScalar && member->scalar == word) return index;
    ++index;
  }
  const std::vector<std::string> known(words.begin(), words.end());
  const auto likely = nearest(member->scalar, known);
  diagnostics_->error(*member, "expected one of " + quoted_list(known) +
                                   (likely ? "; did you mean `" + *likely + "`?" : ""));
  return fallback;
}

std::vector<std::string> MapReader::texts(std::string_view key) {
  const Node* member = find(key);
  if (member == nullptr) return {};
  if (member->kind == Node::Kind::kScalar) return {member->scalar};
  if (member->kind != Node::Kind::kList) {
    diagnostics_->error(*member, "expected a list of texts, `[a, b]`");
    return {};
  }
  std::vector<std::string> texts;
  for (const Node& item : member->items) {
    if (auto text = parse_scalar(&item, parse_text, "expected a text", *diagnostics_)) {
      texts.push_back(std::move(*text));
    }
  }
  return texts;
}

}  // namespace penstock::config
