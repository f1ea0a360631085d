#pragma once

#include <cstdint>
#include <simdjson.h>
#include <string_view>

#include "json/document.h"
#include "tokens/chat.h"
#include "tokens/image.h"
#include "tokens/models.h"

namespace penstock::tokens {

/// What stands for the count of a text.
using Measure = std::uint64_t (*)(const Encoding& encoding, std::string_view text);

/// Adds up what the parts of a request cost, in tokens of the model's encoding. For the functions
/// that count requests; one thread.
class Tally {
 public:
  Tally(const Model& model, Measure measure) : model_(model), measure_(measure) {}

  void add(std::uint64_t tokens) { more_ += tokens; }
  void take_off(std::uint64_t tokens) { less_ += tokens; }
  /// Something is in the request of which nobody knows what it costs.
  void guess() { exact_ = false; }

  void add_text(std::string_view text) { add(measure_(*model_.encoding, text)); }
  /// Nothing where it is no text.
  void add_text(simdjson::dom::element value);
  /// What is not known counts as the text it is written as.
  void add_any(simdjson::dom::element value);
  void add_picture(std::string_view url, Detail detail);
  /// Sound or a file, in base64 or as a data URL: of what is inside, only the bytes are known.
  void add_data(std::string_view base64, std::uint32_t bytes_per_token);
  /// The definitions of tools and functions. False: there are none of functions.
  bool add_tools(simdjson::dom::object request);
  /// Which tool the model has to call.
  void add_choice(simdjson::dom::object request);

  const Model& model() const noexcept { return model_; }
  std::uint64_t tokens() const noexcept { return more_ > less_ ? more_ - less_ : 0; }
  bool exact() const noexcept { return exact_; }

 private:
  const Model& model_;
  Measure measure_;
  bool exact_ = true;
  std::uint64_t more_ = 0;
  std::uint64_t less_ = 0;
};

/// What adds a request, which is an object.
using AddRequest = void (*)(Tally& tally, simdjson::dom::object request);

/// The count; what bounds it without a look at any text, and what does by words.
ChatCount count_by(AddRequest add, const json::Document& request, const Model& model);
std::uint64_t most_by(AddRequest add, const json::Document& request, const Model& model);
std::uint64_t least_by(AddRequest add, const json::Document& request, const Model& model);

}  // namespace penstock::tokens
