#include "upstream/demo.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "json/padding.h"
#include "upstream/demo_chat.h"
#include "upstream/demo_embeddings.h"
#include "upstream/demo_request.h"
#include "upstream/provider_error.h"

namespace penstock::upstream {
namespace {

constexpr int kSlowness = 10;

Response whole_answer(int status, std::string body, Usage usage = {}) {
  Response response;
  response.status = status;
  response.headers.set("content-type", "application/json");
  response.body = Body(std::move(body), usage);
  return response;
}

Response error_answer(int status, const Error& error) {
  nlohmann::ordered_json body = {{"error",
                                  {{"message", error.public_message},
                                   {"type", error.type},
                                   {"param", nullptr},
                                   {"code", nullptr}}}};
  if (!error.param.empty()) body["error"]["param"] = error.param;
  if (!error.code.empty()) body["error"]["code"] = error.code;
  return whole_answer(status, body.dump());
}

// The demo plays a provider, so what it refuses is an answer of the provider, not a gateway error.
Response refuse(Error error) {
  error.type = "invalid_request_error";
  return error_answer(400, error);
}

Response no_such_route(const Request& request) {
  Error error;
  error.type = "invalid_request_error";
  error.public_message = "the demo upstream does not serve " + request.path;
  return error_answer(404, error);
}

Response too_many_requests() {
  Error error;
  error.type = "requests";
  error.code = "rate_limit_exceeded";
  error.public_message = "the model demo-error-429 always answers so";
  Response response = error_answer(429, error);
  response.headers.set("retry-after", "1");
  return response;
}

Response server_error() {
  Error error;
  error.type = "server_error";
  error.public_message = "the model demo-error-500 always answers so";
  return error_answer(500, error);
}

const std::string& model_of(const RequestFacts& facts) {
  return facts.target.model.empty() ? facts.model : facts.target.model;
}

Response stream_answer(DemoChat chat, std::chrono::milliseconds pace, const Clock& clock) {
  const bool cut = chat.model == "demo-cut";
  const auto end = cut ? DemoStream::End::kCutInTheMiddle : DemoStream::End::kProper;
  Response response;
  response.headers.set("content-type", "text/event-stream; charset=utf-8");
  response.headers.set("cache-control", "no-cache");
  response.body = Body(std::make_unique<DemoStream>(std::move(chat), end, pace, clock));
  return response;
}

Result<Response> answer_chat(Exchange& x, const RequestFacts& facts,
                             std::chrono::milliseconds pace) {
  const json::Document* document = TRY(x.document());
  const auto question = read_demo_question(*document);
  if (!question) return refuse(question.error());
  DemoChat chat = answer_demo_question(*question, facts);
  chat.id = "chatcmpl-" + x.id();
  chat.created = std::chrono::system_clock::to_time_t(x.clock().wall_now());
  chat.model = model_of(facts);
  if (facts.stream) return stream_answer(std::move(chat), pace, x.clock());
  if (chat.model == "demo-cut") return demo_connection_broke();
  return whole_answer(200, demo_completion(chat), usage_of(chat));
}

Result<Response> answer_embeddings(Exchange& x, const RequestFacts& facts) {
  const json::Document* document = TRY(x.document());
  const auto inputs = read_demo_inputs(*document);
  if (!inputs) return refuse(inputs.error());
  return whole_answer(200, demo_embeddings(*inputs, model_of(facts)),
                      {Usage::Origin::kMeasured, inputs->tokens, 0});
}

// What is answered, without the time that a whole answer takes.
Result<Response> answer(Exchange& x, const RequestFacts& facts, std::chrono::milliseconds pace) {
  if (model_of(facts) == "demo-error-429") return too_many_requests();
  if (model_of(facts) == "demo-error-500") return server_error();
  switch (x.request.route) {
    case Route::kChatCompletions:
      return answer_chat(x, facts, pace);
    case Route::kEmbeddings:
      return answer_embeddings(x, facts);
    default:
      return no_such_route(x.request);
  }
}

}  // namespace

std::span<const std::string_view> Demo::model_names() noexcept {
  static constexpr std::array<std::string_view, 5> kNames{"demo", "demo-slow", "demo-error-429",
                                                          "demo-error-500", "demo-cut"};
  return kNames;
}

Result<Response> Demo::send(Exchange& x) {
  const RequestFacts* facts = TRY(x.facts());
  const auto pace = model_of(*facts) == "demo-slow" ? kSlowness * pace_ : pace_;
  auto response = answer(x, *facts, pace);
  if (!response || response->body.is_stream()) return response;
  if (response->status >= 400) {
    std::string body = response->body.whole();
    json::reserve_padding(body);
    response->body = Body(provider_error_body(body, x.id(), {}));
  }

  const MonotonicTime start = x.clock().now();
  const auto waited = wait_a_pace(pace, {MonotonicTime::max(), &x.cancel()}, x.clock());
  x.upstream_wait += x.clock().now() - start;
  if (!waited) return waited.error();
  return response;
}

}  // namespace penstock::upstream
