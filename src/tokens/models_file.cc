// The reading of config/models/tokens.yaml.

#include "config/bounded.h"
#include "config/decimal.h"
#include "config/diagnostics.h"
#include "config/yaml.h"
#include "tokens/models.h"

namespace penstock::tokens {

namespace {

using config::Diagnostics;
using config::MapReader;
using config::Node;

constexpr std::uint64_t kMostTokensOfRule = 1'000'000;
constexpr unsigned kPlaces = 3;  // of a Permille

struct Range {
  std::uint64_t least;
  std::uint64_t most;
  const char* words;
};

Permille permille(MapReader& map, std::string_view key, Permille fallback, Range range) {
  const Node* node = map.find(key);
  if (node == nullptr) return fallback;
  const auto value = node->kind == Node::Kind::kScalar
                         ? config::parse_decimal(node->scalar, kPlaces)
                         : std::nullopt;
  if (value && *value >= range.least && *value <= range.most) return static_cast<Permille>(*value);
  map.diagnostics().error(*node, std::string("expected a number ") + range.words +
                                     ", with at most three digits behind the point");
  return fallback;
}

std::uint32_t count(MapReader& map, std::string_view key, std::uint32_t fallback,
                    std::uint64_t least = 0) {
  return static_cast<std::uint32_t>(
      config::bounded_count(map, key, fallback, {least, kMostTokensOfRule}));
}

ChatRule read_chat(const Node& node, Diagnostics& diagnostics) {
  ChatRule rule;
  MapReader map(node, diagnostics);
  rule.reply = count(map, "reply", rule.reply);
  rule.message = count(map, "message", rule.message);
  rule.name = count(map, "name", rule.name);
  rule.definitions = count(map, "definitions", rule.definitions);
  rule.shared_system = count(map, "shared_system", rule.shared_system);
  rule.no_choice = count(map, "no_choice", rule.no_choice);
  rule.named_choice = count(map, "named_choice", rule.named_choice);
  rule.call = count(map, "call", rule.call);
  rule.function_result = count(map, "function_result", rule.function_result);
  return rule;
}

constexpr Range kFactor{100, 10'000, "from 0.1 to 10"};
constexpr Range kMargin{0, 10'000, "from 0 to 10"};

std::uint32_t required(MapReader& map, std::string_view key) {
  map.required(key);
  return count(map, key, 1, 1);
}

ImageRule read_image(const Node& node, Diagnostics& diagnostics) {
  ImageRule rule;
  if (node.kind == Node::Kind::kNull) return rule;
  MapReader map(node, diagnostics);
  map.required("kind");
  rule.kind =
      static_cast<ImageRule::Kind>(map.choice("kind", {"fixed", "tiles", "patches", "pixels"}, 0));
  switch (rule.kind) {
    case ImageRule::Kind::kFixed:
      rule.tokens = count(map, "tokens", rule.tokens);
      break;
    case ImageRule::Kind::kTiles:
      rule.base = required(map, "base");
      rule.tile = required(map, "tile");
      break;
    case ImageRule::Kind::kPatches:
      rule.most = required(map, "most");
      rule.factor = permille(map, "factor", rule.factor, kFactor);
      break;
    case ImageRule::Kind::kPixels:
      rule.per_token = required(map, "per_token");
      rule.most = required(map, "most");
      break;
  }
  return rule;
}

const Encoding* read_encoding(MapReader& map) {
  const std::string name = map.required_text("encoding");
  const Encoding* encoding = Encoding::find(name);
  const Node* node = map.find("encoding");
  if (encoding == nullptr && node != nullptr && node->kind == Node::Kind::kScalar) {
    map.diagnostics().error(
        *node, "no encoding has this name; " + config::suggestion(name, Encoding::names()));
  }
  return encoding;
}

}  // namespace

class ModelsReader {
 public:
  ModelsReader(Models& models, Diagnostics& diagnostics)
      : models_(models), diagnostics_(diagnostics) {}

  void read(const Node& root) {
    MapReader map(root, diagnostics_);
    const Node* families = map.required("families");
    if (families == nullptr) return;
    if (families->kind != Node::Kind::kMap) {
      diagnostics_.error(*families, "expected a map from a family's name to its rules");
      return;
    }
    for (const auto& [name, family] : families->members) read_family(name.scalar, family);
    if (!models_.names_.takes_all()) {
      diagnostics_.error(*families,
                         "no family takes the models that no other one names; give one "
                         "`models: [\"*\"]`");
    }
  }

 private:
  void read_family(const std::string& name, const Node& node) {
    MapReader map(node, diagnostics_);
    Model model;
    model.family = name;
    model.encoding = read_encoding(map);
    model.exact = map.boolean("exact", model.exact);
    model.factor = permille(map, "factor", model.factor, kFactor);
    model.margin = permille(map, "margin", model.margin, kMargin);
    model.chat = read_chat(config::child(map, "chat"), diagnostics_);
    model.image = read_image(config::child(map, "image"), diagnostics_);
    model.audio_bytes = count(map, "audio_bytes", model.audio_bytes, 1);
    model.file_bytes = count(map, "file_bytes", model.file_bytes, 1);
    const Node* factor = map.find("factor");
    if (model.exact && factor != nullptr) {
      diagnostics_.error(*factor, "a count with a factor is an estimate; remove it, or `exact`");
    }
    models_.names_.read(map, models_.families_.size());
    models_.families_.push_back(std::move(model));
  }

  Models& models_;
  Diagnostics& diagnostics_;
};

Models Models::parse(std::string_view yaml, std::string_view file, Diagnostics& diagnostics) {
  Models models;
  if (const auto root = config::parse_yaml(yaml, file, diagnostics)) {
    ModelsReader(models, diagnostics).read(*root);
  }
  return models;
}

}  // namespace penstock::tokens
