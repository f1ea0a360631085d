#include "interceptors/json_schema/structured.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "openai/whole_number.h"

namespace penstock::json_schema {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Kind = Fault::Kind;

// As many as a request may ask for.
constexpr std::size_t kMaxChoices = 128;
constexpr std::size_t kMaxCalls = 1024;
constexpr std::uint64_t kLegacyCall = std::numeric_limits<std::uint64_t>::max();

template <class Parent>  // an element or an object
std::string_view text_of(const Parent& parent, std::string_view key) {
  std::string_view text;
  return parent[key].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// Some providers leave the index of a lone choice or call out.
std::uint64_t index_of(element item, std::uint64_t position) {
  element index;
  if (item["index"].get(index) != simdjson::SUCCESS) return position;
  return openai::whole_number(index).value_or(position);
}

bool is_cut_short(std::string_view reason) {
  return reason == "length" || reason == "content_filter";
}

std::string place_of_message(std::uint64_t choice) {
  return "choices[" + std::to_string(choice) + "].message";
}

std::string place_of_content(std::uint64_t choice) {
  return place_of_message(choice) + ".content";
}

std::string place_of_call(std::uint64_t choice, std::uint64_t call) {
  if (call == kLegacyCall) return place_of_message(choice) + ".function_call";
  return place_of_message(choice) + ".tool_calls[" + std::to_string(call) + "].function";
}

Fault behind_its_end(std::string where) {
  return {Kind::kMisfit, std::move(where), "more text behind its end", std::nullopt, ""};
}

Fault too_many(std::string_view what) {
  return {Kind::kMisfit, "", "more " + std::string(what) + " than any request asks for",
          std::nullopt, ""};
}

}  // namespace

Structured::Structured(std::shared_ptr<const Expectations> expectations, std::uint64_t max_bytes)
    : expectations_(std::move(expectations)), max_bytes_(max_bytes) {}

std::optional<Fault> Structured::see_answer(array choices) {
  std::uint64_t position = 0;
  for (const element choice : choices) {
    if (auto fault = see_choice(choice, "message", position++)) return fault;
  }
  return finish();
}

std::optional<Fault> Structured::see_chunk(array choices) {
  std::uint64_t position = 0;
  for (const element choice : choices) {
    if (auto fault = see_choice(choice, "delta", position++)) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Structured::finish() {
  if (choices_.empty())
    return Fault{Kind::kMisfit, "choices", "expected at least one", std::nullopt, ""};
  for (Choice& choice : choices_) {
    if (auto fault = finish(choice, "")) return fault;
  }
  return std::nullopt;
}

bool Structured::fits() const noexcept {
  const auto finished = [](const Choice& choice) { return choice.finished; };
  return judged_ && !skipped_ && std::all_of(choices_.begin(), choices_.end(), finished);
}

Structured::Choice* Structured::find_choice(std::uint64_t index) {
  for (Choice& choice : choices_) {
    if (choice.index == index) return &choice;
  }
  if (choices_.size() == kMaxChoices) return nullptr;
  choices_.push_back({});
  choices_.back().index = index;
  return &choices_.back();
}

Structured::Call* Structured::find_call(Choice& choice, std::uint64_t index) {
  for (Call& call : choice.calls) {
    if (call.index == index) return &call;
  }
  if (calls_ == kMaxCalls) return nullptr;
  ++calls_;
  choice.calls.push_back({});
  choice.calls.back().index = index;
  return &choice.calls.back();
}

std::optional<Fault> Structured::see_choice(element item, std::string_view key,
                                            std::uint64_t position) {
  Choice* const choice = find_choice(index_of(item, position));
  if (choice == nullptr) return too_many("choices");
  const std::string_view reason = text_of(item, "finish_reason");
  texts_are_whole_ = key == "message" && !is_cut_short(reason);
  object message;
  if (item[key].get_object().get(message) == simdjson::SUCCESS) {
    if (auto fault = see_message(*choice, message)) return fault;
  }
  return reason.empty() ? std::nullopt : finish(*choice, reason);
}

std::optional<Fault> Structured::see_message(Choice& choice, object message) {
  for (const auto [key, value] : message) {
    Finding fault;
    array calls;
    if (key == "content" && expectations_->content) {
      fault = see_content(choice, value);
    } else if (key == "refusal") {
      choice.refused = choice.refused || !text_of(message, "refusal").empty();
    } else if (key == "tool_calls" && value.get_array().get(calls) == simdjson::SUCCESS) {
      fault = see_calls(choice, calls);
    } else if (key == "function_call" && value.is_object()) {
      fault = see_call(choice, kLegacyCall, value);
    }
    if (fault) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Structured::see_content(Choice& choice, element content) {
  if (content.is_null()) return std::nullopt;
  std::string_view piece;
  if (content.get_string().get(piece) != simdjson::SUCCESS) {
    return Fault{Kind::kMisfit, place_of_content(choice.index), "expected a text", std::nullopt,
                 ""};
  }
  if (piece.empty()) return std::nullopt;
  if (!choice.content) choice.content.emplace(*expectations_->content);
  return feed(piece, *choice.content, choice, nullptr);
}

std::optional<Fault> Structured::see_calls(Choice& choice, array calls) {
  std::uint64_t position = 0;
  for (const element item : calls) {
    choice.called = true;
    const std::uint64_t index = index_of(item, position++);
    element function;
    if (item["function"].get(function) != simdjson::SUCCESS) continue;  // its input is no JSON
    if (auto fault = see_call(choice, index, function)) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> Structured::see_call(Choice& choice, std::uint64_t index, element function) {
  choice.called = true;
  if (expectations_->tools.empty()) return std::nullopt;
  if (choice.finished) return behind_its_end(place_of_call(choice.index, index));
  Call* const call = find_call(choice, index);
  if (call == nullptr) return too_many("calls");
  if (!call->arguments) call->name.append(text_of(function, "name"));
  const std::string_view piece = text_of(function, "arguments");
  return piece.empty() ? std::nullopt : feed_call(choice, *call, piece);
}

std::optional<Fault> Structured::feed_call(const Choice& choice, Call& call,
                                           std::string_view piece) {
  if (!call.arguments) {
    const schema::CompiledSchema* const parameters = expectations_->find_tool(call.name);
    if (parameters == nullptr) {
      return Fault{Kind::kMisfit, place_of_call(choice.index, call.index) + ".name",
                   "the request has no function of this name", std::string(piece), call.name};
    }
    call.arguments.emplace(*parameters);
  }
  return feed(piece, *call.arguments, choice, &call);
}

std::optional<Fault> Structured::feed(std::string_view piece, TextCheck& text, const Choice& choice,
                                      const Call* call) {
  bytes_ += piece.size();
  if (bytes_ > max_bytes_) {
    return Fault{Kind::kMisfit, place_of(choice, call),
                 "more than max_content, " + std::to_string(max_bytes_) + " bytes", std::nullopt,
                 ""};
  }
  if (choice.finished) return behind_its_end(place_of(choice, call));
  auto what = texts_are_whole_ ? text.take(piece) : text.feed(piece);
  if (!what) return std::nullopt;
  return misfit(std::move(*what), text, choice, call);
}

std::string Structured::place_of(const Choice& choice, const Call* call) {
  if (call == nullptr) return place_of_content(choice.index);
  return place_of_call(choice.index, call->index) + ".arguments";
}

Fault Structured::misfit(std::string what, const TextCheck& text, const Choice& choice,
                         const Call* call) {
  return {Kind::kMisfit, place_of(choice, call), std::move(what), text.text(),
          call == nullptr ? "" : call->name};
}

std::optional<Fault> Structured::finish(Choice& choice, std::string_view reason) {
  if (choice.finished) return std::nullopt;
  const bool cut_short = is_cut_short(reason);
  if (choice.content) {
    if (auto fault = finish_text(*choice.content, cut_short, choice, nullptr)) return fault;
  } else if (expectations_->content && !choice.called) {
    if (!choice.refused && !cut_short) {
      return Fault{Kind::kMisfit, place_of_content(choice.index), "expected JSON, found no text",
                   "", ""};
    }
    skipped_ = true;
  }
  auto fault = finish_calls(choice, cut_short);
  choice.finished = true;
  return fault;
}

std::optional<Fault> Structured::finish_calls(Choice& choice, bool cut_short) {
  for (Call& call : choice.calls) {
    // No arguments at all is how some providers spell {}.
    if (!call.arguments && !cut_short) {
      if (auto fault = feed_call(choice, call, "{}")) return fault;
    }
    if (!call.arguments) {
      skipped_ = true;
    } else if (auto fault = finish_text(*call.arguments, cut_short, choice, &call)) {
      return fault;
    }
  }
  choice.calls.clear();
  return std::nullopt;
}

std::optional<Fault> Structured::finish_text(TextCheck& text, bool cut_short, const Choice& choice,
                                             const Call* call) {
  if (cut_short && !text.fits()) {
    skipped_ = true;
    return std::nullopt;
  }
  if (auto what = text.finish()) return misfit(std::move(*what), text, choice, call);
  judged_ = true;
  return std::nullopt;
}

}  // namespace penstock::json_schema
