#include "upstream/demo_chat.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/sleep.h"

namespace penstock::upstream {
namespace {

using Json = nlohmann::ordered_json;  // keys in the order that OpenAI sends them

constexpr const char* kSentence =
    "This is Penstock's demo upstream: it needs no account, and says the same again when asked the "
    "same again.";
constexpr const char* kToolCallId = "call_demo";

std::string demo_text(const DemoQuestion& question) {
  const std::string text = "You said: " + question.text + "\n\n" + kSentence;
  return question.wants_json ? Json{{"answer", text}}.dump() : text;
}

void cut_at_stops(std::string& text, const std::vector<std::string>& stops) {
  std::size_t end = text.size();
  for (const std::string& stop : stops) end = std::min(end, text.find(stop));
  text.resize(end);
}

// Words, each with the white space before it.
std::vector<std::string> split_pieces(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t word = text.find_first_not_of(kSpace, at);
    const std::size_t end = std::min(text.find_first_of(kSpace, word), text.size());
    pieces.push_back(text.substr(at, end - at));
    at = end;
  }
  return pieces;
}

std::string join(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

Json tool_call(const std::string& name, const std::string& arguments) {
  return {{"id", kToolCallId},
          {"type", "function"},
          {"function", {{"name", name}, {"arguments", arguments}}}};
}

Json usage_json(const DemoChat& chat) {
  const Usage usage = usage_of(chat);
  return {{"prompt_tokens", *usage.input},
          {"completion_tokens", *usage.output},
          {"total_tokens", *usage.input + *usage.output}};
}

Json envelope(const DemoChat& chat, const char* object) {
  return {{"id", chat.id}, {"object", object}, {"created", chat.created}, {"model", chat.model}};
}

Json message_of(const DemoChat& chat) {
  Json message = {{"role", "assistant"}, {"content", nullptr}, {"refusal", nullptr}};
  if (chat.tool) {
    message["tool_calls"] = Json::array({tool_call(*chat.tool, join(chat.pieces))});
  } else {
    message["content"] = join(chat.pieces);
    message["annotations"] = Json::array();
  }
  return message;
}

void append_frame(std::string& out, const Json& data) {
  out += "data: " + data.dump() + "\n\n";
}

Json chunk_of(const DemoChat& chat, Json choices) {
  Json chunk = envelope(chat, "chat.completion.chunk");
  chunk["choices"] = std::move(choices);
  if (chat.include_usage) chunk["usage"] = nullptr;
  return chunk;
}

// The same delta for each choice.
void append_deltas(std::string& out, const DemoChat& chat, const Json& delta,
                   const Json& finish_reason = nullptr) {
  for (std::uint32_t index = 0; index < chat.choices; ++index) {
    append_frame(out, chunk_of(chat, Json::array({{{"index", index},
                                                   {"delta", delta},
                                                   {"logprobs", nullptr},
                                                   {"finish_reason", finish_reason}}})));
  }
}

}  // namespace

DemoChat answer_demo_question(const DemoQuestion& question, const RequestFacts& facts) {
  DemoChat chat;
  chat.choices = facts.choices;
  chat.input_tokens = question.input_tokens;
  chat.include_usage = facts.include_usage;
  if (question.tool) {
    chat.tool = question.tool;
    chat.pieces = {"{}"};
    chat.finish_reason = "tool_calls";
    return chat;
  }
  std::string text = demo_text(question);
  cut_at_stops(text, question.stops);
  chat.pieces = split_pieces(text);
  chat.finish_reason = "stop";
  if (facts.output_cap && *facts.output_cap < chat.pieces.size()) {
    chat.pieces.resize(static_cast<std::size_t>(*facts.output_cap));
    chat.finish_reason = "length";
  }
  return chat;
}

Usage usage_of(const DemoChat& chat) {
  return {Usage::Origin::kMeasured, chat.input_tokens, chat.pieces.size() * chat.choices};
}

std::string demo_completion(const DemoChat& chat) {
  Json answer = envelope(chat, "chat.completion");
  answer["choices"] = Json::array();
  for (std::uint32_t index = 0; index < chat.choices; ++index) {
    answer["choices"].push_back({{"index", index},
                                 {"message", message_of(chat)},
                                 {"logprobs", nullptr},
                                 {"finish_reason", chat.finish_reason}});
  }
  answer["usage"] = usage_json(chat);
  return answer.dump();
}

DemoStream::DemoStream(DemoChat chat, End end, std::chrono::milliseconds pace, const Clock& clock)
    : chat_(std::move(chat)), end_(end), pace_(pace), clock_(clock) {}

Result<std::optional<Chunk>> DemoStream::read(Deadline deadline) {
  bytes_.clear();
  const std::size_t step = step_++;
  if (step == 0) {
    write_role();
  } else if (end_ == End::kCutInTheMiddle && given_ >= chat_.pieces.size() / 2) {
    return demo_connection_broke();
  } else if (step <= chat_.pieces.size()) {
    TRY_VOID(wait_a_pace(pace_, deadline, clock_));
    write_piece(chat_.pieces[given_++]);
  } else if (step == chat_.pieces.size() + 1) {
    write_end();
  } else {
    return std::optional<Chunk>();
  }
  return std::optional(Chunk{bytes_});
}

void DemoStream::write_role() {
  Json delta = {{"role", "assistant"}, {"content", ""}, {"refusal", nullptr}};
  if (chat_.tool) {
    Json call = {{"index", 0}};
    call.update(tool_call(*chat_.tool, ""));
    delta["content"] = nullptr;
    delta["tool_calls"] = Json::array({std::move(call)});
  }
  append_deltas(bytes_, chat_, delta);
}

void DemoStream::write_piece(const std::string& piece) {
  if (!chat_.tool) return append_deltas(bytes_, chat_, {{"content", piece}});
  const Json call = {{"index", 0}, {"function", {{"arguments", piece}}}};
  append_deltas(bytes_, chat_, {{"tool_calls", Json::array({call})}});
}

void DemoStream::write_end() {
  append_deltas(bytes_, chat_, Json::object(), chat_.finish_reason);
  if (chat_.include_usage) {
    Json chunk = chunk_of(chat_, Json::array());
    chunk["usage"] = usage_json(chat_);
    append_frame(bytes_, chunk);
  }
  bytes_ += "data: [DONE]\n\n";
}

Usage DemoStream::usage() const {
  const bool whole = step_ > chat_.pieces.size() + 1;
  return {whole ? Usage::Origin::kMeasured : Usage::Origin::kCounted, chat_.input_tokens,
          given_ * chat_.choices};
}

Result<void> wait_a_pace(std::chrono::milliseconds pace, Deadline deadline, const Clock& clock) {
  const bool too_long = deadline.at - clock.now() < pace;
  TRY_VOID(runtime::sleep_for(pace, deadline));
  if (!too_long) return {};
  Error error;
  error.kind = ErrorKind::kUpstreamTimeout;
  error.source = ErrorSource::kUpstream;
  error.public_message = "the demo upstream was slower than the time-out allows";
  return error;
}

Error demo_connection_broke() {
  Error error;
  error.kind = ErrorKind::kUpstreamUnreachable;
  error.source = ErrorSource::kUpstream;
  error.public_message = "the demo upstream broke off, as the model demo-cut always does";
  return error;
}

}  // namespace penstock::upstream
