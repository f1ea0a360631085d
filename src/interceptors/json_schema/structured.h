#pragma once

#include <memory>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "interceptors/json_schema/answer_fault.h"
#include "interceptors/json_schema/expectations.h"
#include "interceptors/json_schema/text_check.h"

namespace penstock::json_schema {

/// Holds what the model writes in one answer, whole or streamed, to what the request asked for.
/// Choices and calls are told apart by their index.
///
/// A text that was cut short (finish_reason length or content_filter) is judged as far as it goes:
/// it may be unfinished but not wrong. A choice that is a refusal has no text to judge. A choice
/// that ends otherwise has content that fits, or calls.
class Structured {
 public:
  /// `max_bytes`: of all texts together.
  Structured(std::shared_ptr<const Expectations> expectations, std::uint64_t max_bytes);

  /// `choices` of a whole answer.
  std::optional<Fault> see_answer(simdjson::dom::array choices);
  /// `choices` of a chunk.
  std::optional<Fault> see_chunk(simdjson::dom::array choices);
  /// No more chunks: what is not finished yet is.
  std::optional<Fault> finish();

  /// There was something to judge, all of it was, and fits. False also where something could not be
  /// judged: cut short by a limit, refused by the model, not finished yet.
  bool fits() const noexcept;
  /// Bytes of content and arguments so far.
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  struct Call {
    std::uint64_t index;
    std::string name;
    std::optional<TextCheck> arguments;  // from their first byte on
  };
  struct Choice {
    std::uint64_t index;
    std::optional<TextCheck> content;
    std::vector<Call> calls;
    bool refused = false;
    bool called = false;
    bool finished = false;
  };
  using Finding = std::optional<Fault>;

  Choice* find_choice(std::uint64_t index);
  Call* find_call(Choice& choice, std::uint64_t index);
  Finding see_choice(simdjson::dom::element element, std::string_view key, std::uint64_t position);
  Finding see_message(Choice& choice, simdjson::dom::object message);
  Finding see_content(Choice& choice, simdjson::dom::element content);
  Finding see_calls(Choice& choice, simdjson::dom::array calls);
  Finding see_call(Choice& choice, std::uint64_t index, simdjson::dom::element function);
  Finding feed_call(const Choice& choice, Call& call, std::string_view piece);
  Finding feed(std::string_view piece, TextCheck& text, const Choice& choice, const Call* call);
  static std::string place_of(const Choice& choice, const Call* call);
  static Fault misfit(std::string what, const TextCheck& text, const Choice& choice,
                      const Call* call);
  Finding finish(Choice& choice, std::string_view reason);
  Finding finish_calls(Choice& choice, bool cut_short);
  Finding finish_text(TextCheck& text, bool cut_short, const Choice& choice, const Call* call);

  std::shared_ptr<const Expectations> expectations_;
  std::uint64_t max_bytes_;
  std::uint64_t bytes_ = 0;
  bool texts_are_whole_ = false;  // of the message that is being looked at
  std::vector<Choice> choices_;
  std::size_t calls_ = 0;  // of all choices
  bool judged_ = false;
  bool skipped_ = false;
};

}  // namespace penstock::json_schema
