#include "upstream/demo_embeddings.h"

#include <array>
#include <bit>
#include <cmath>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace penstock::upstream {
namespace {

using Json = nlohmann::ordered_json;
using Vector = std::array<float, 8>;

// The base64 form is the floats in little-endian order, which is what lies in memory here.
static_assert(std::endian::native == std::endian::little);

// FNV-1a, 64 bits.
std::uint64_t digest(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// The next number of the splitmix64 sequence, as -1 to 1.
float next_number(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return static_cast<float>(z >> 40) / static_cast<float>(1 << 23) - 1.0F;
}

Vector vector_of(std::string_view text) {
  std::uint64_t state = digest(text);
  Vector vector;
  float square = 0;
  for (float& number : vector) {
    number = next_number(state);
    square += number * number;
  }
  for (float& number : vector) number /= std::sqrt(square);
  return vector;
}

std::string base64(const Vector& vector) {
  std::string text(4 * ((sizeof vector + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(vector.data()), sizeof vector);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

std::string demo_embeddings(const DemoInputs& inputs, std::string_view model) {
  Json data = Json::array();
  for (const std::string& text : inputs.texts) {
    const Vector vector = vector_of(text);
    data.push_back({{"object", "embedding"},
                    {"index", data.size()},
                    {"embedding", inputs.base64 ? Json(base64(vector)) : Json(vector)}});
  }
  const Json answer = {
      {"object", "list"},
      {"data", std::move(data)},
      {"model", model},
      {"usage", {{"prompt_tokens", inputs.tokens}, {"total_tokens", inputs.tokens}}}};
  return answer.dump();
}

}  // namespace penstock::upstream
