#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"

#include "config/model_names.h"
#include "tokens/encoding.h"

namespace penstock::tokens {

class ModelsReader;

/// A factor in thousandths: 1250 is 1.25.
using Permille = std::uint32_t;

/// So many times as much, rounded up.
constexpr std::uint64_t scaled(std::uint64_t tokens, Permille factor) noexcept {
  const std::uint64_t whole = tokens / 1000 * factor;
  return whole + (tokens % 1000 * factor + 999) / 1000;
}

/// Tokens around the texts of a chat: see config/models/tokens.yaml. The defaults are those that
/// OpenAI published for gpt-4o, and for tools those that people have found out.
struct ChatRule {
  std::uint32_t reply = 3;
  std::uint32_t message = 3;
  std::uint32_t name = 1;
  std::uint32_t definitions = 9;
  std::uint32_t shared_system = 4;  // less
  std::uint32_t no_choice = 1;
  std::uint32_t named_choice = 4;
  std::uint32_t call = 3;
  std::uint32_t function_result = 2;  // less
};

/// What a picture costs.
struct ImageRule {
  enum class Kind { kFixed, kTiles, kPatches, kPixels };
  Kind kind = Kind::kFixed;
  std::uint32_t tokens = 1000;     // kFixed
  std::uint32_t base = 0;          // kTiles: for the picture, beside
  std::uint32_t tile = 0;          // kTiles: each
  std::uint32_t most = 0;          // kPatches: patches, kPixels: tokens
  Permille factor = 1000;          // kPatches
  std::uint32_t per_token = 1000;  // kPixels: pixels
};

/// How the tokens of a model are counted.
struct Model {
  std::string family;                  // its name in the file
  const Encoding* encoding = nullptr;  // never null in what Models gives
  bool exact = false;                  // requests of texts are counted exactly
  Permille factor = 1000;              // its own tokens for one of the encoding
  Permille margin = 100;               // an estimate may be so much too low
  ChatRule chat;
  ImageRule image;
  std::uint32_t audio_bytes = 400;  // of sound, for a token
  std::uint32_t file_bytes = 50;    // of another file, for a token
};

/// Which model is counted how. A value: a snapshot of the configuration may hold one. Reading is
/// thread-safe.
class Models {
 public:
  /// Reads the text of a file such as config/models/tokens.yaml, called `file` in the diagnostics.
  /// Where something is wrong with it, the diagnostics say what and the result is not to be used.
  static Models parse(std::string_view yaml, std::string_view file,
                      config::Diagnostics& diagnostics);
  /// The file that the program carries.
  static const Models& builtin();

  /// The rule for a name as clients write it, see ModelNames; there is one for every name.
  const Model& find(std::string_view name) const;

 private:
  friend class ModelsReader;

  std::vector<Model> families_;
  config::ModelNames names_;  // to indexes into families_; takes all
};

}  // namespace penstock::tokens
