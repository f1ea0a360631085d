#include "interceptors/auth/options.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "penstock/secret.h"

namespace penstock::auth {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string owner_of(const std::string& name) {
  return name.empty() ? "this entry" : "`" + name + "`";
}

std::optional<Digest> digest_of_key(const Secret& key, const config::Node& at,
                                    const std::string& owner, config::Diagnostics& diagnostics) {
  if (key.empty()) {
    diagnostics.error(at, "key of " + owner +
                              " is empty; set the variable or file it comes from, or remove the "
                              "entry");
    return std::nullopt;
  }
  if (!is_possible_key(key.reveal())) {
    diagnostics.error(at, "key of " + owner + " must be 1 to " + std::to_string(kMaxKeyBytes) +
                              " visible ASCII characters without spaces");
    return std::nullopt;
  }
  return sha256(key.reveal());
}

std::optional<Digest> parse_digest(const std::string& text, const config::Node& at,
                                   const std::string& owner, config::Diagnostics& diagnostics) {
  const auto digest = parse_hex(text);
  if (!digest) {
    diagnostics.error(at, "sha256 of " + owner + " must be 64 hexadecimal digits");
  } else if (*digest == sha256({})) {
    diagnostics.error(at, "sha256 of " + owner + " is the digest of an empty key");
    return std::nullopt;
  }
  return digest;
}

std::optional<Digest> read_digest(config::MapReader& map, const std::string& name) {
  const config::Node* key = map.find("key");
  const config::Node* digest = map.find("sha256");
  const std::string owner = owner_of(name);
  if (key != nullptr && digest != nullptr) {
    map.diagnostics().error(*digest, "`key` and `sha256` of " + owner + " exclude each other");
    return std::nullopt;
  }
  const config::Node* given = key != nullptr ? key : digest;
  if (given == nullptr) {
    map.diagnostics().error(map.node(), "`key` or `sha256` of " + owner + " is missing");
    return std::nullopt;
  }
  if (given->kind != config::Node::Kind::kScalar) {
    map.diagnostics().error(*given, "expected a text");
    return std::nullopt;
  }
  return key != nullptr ? digest_of_key(map.secret("key"), *key, owner, map.diagnostics())
                        : parse_digest(digest->scalar, *digest, owner, map.diagnostics());
}

std::string read_name(config::MapReader& map) {
  const config::Node* node = map.required("name");
  if (node == nullptr) return {};
  std::string name = map.text("name");
  if (name.empty() || name.size() > kMaxNameBytes || !is_visible(name)) {
    map.diagnostics().error(*node, "expected a name of 1 to " + std::to_string(kMaxNameBytes) +
                                       " visible ASCII characters without spaces");
    return {};
  }
  return name;
}

/// Reads the list of keys and finds out which of them say the same.
class KeyListReader {
 public:
  explicit KeyListReader(config::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void add(const config::Node& item) {
    if (item.kind != config::Node::Kind::kMap) {
      diagnostics_.error(item, "expected a map with `name`, and `key` or `sha256`");
      return;
    }
    config::MapReader map(item, diagnostics_);
    const std::string name = read_name(map);
    const auto digest = read_digest(map, name);
    if (!name.empty() && !names_.insert(name).second) {
      diagnostics_.error(item, "there is another key named `" + name + "`; names must be unique");
    }
    if (name.empty() || !digest) return;
    const auto [other, is_new] = digests_.emplace(*digest, name);
    if (!is_new) {
      diagnostics_.error(item, "`" + name + "` and `" + other->second +
                                   "` have the same key; each name needs a key of its own");
    }
    keys_.push_back({name, *digest});
  }

  std::vector<Options::Key> take() { return std::move(keys_); }

 private:
  config::Diagnostics& diagnostics_;
  std::set<std::string> names_;
  std::map<Digest, std::string> digests_;
  std::vector<Options::Key> keys_;
};

}  // namespace

bool is_possible_key(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyBytes && is_visible(text);
}

Options Options::parse(const config::Node& node, config::Diagnostics& diagnostics) {
  config::MapReader map(node, diagnostics);
  Options options;
  options.passthrough = map.boolean("passthrough", false);
  options.client_certificate = map.boolean("client_certificate", false);
  if (options.passthrough && options.client_certificate) {
    diagnostics.error(*map.find("client_certificate"),
                      "`client_certificate: true` and `passthrough: true` exclude each other");
  }
  const config::Node* keys = map.find("keys");
  if (keys == nullptr) {
    if (!options.passthrough && !options.client_certificate) {
      diagnostics.error(node,
                        "needs `keys: [{name: ..., key: ...}]`, `client_certificate: true` or "
                        "`passthrough: true`");
    }
    return options;
  }
  if (options.passthrough) {
    diagnostics.error(*keys, "`keys` and `passthrough: true` exclude each other");
  }
  if (keys->kind != config::Node::Kind::kList || keys->items.empty()) {
    diagnostics.error(*keys, "expected a list of at least one key, `[{name: ..., key: ...}]`");
    return options;
  }
  KeyListReader reader(diagnostics);
  for (const config::Node& item : keys->items) reader.add(item);
  options.keys = reader.take();
  return options;
}

}  // namespace penstock::auth
