#include "conformance/gateway_requests.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "conformance/answers.h"
#include "conformance/case_file.h"
#include "conformance/reference_reader.h"
#include "support/http_client.h"

namespace penstock::test {

namespace {

constexpr std::string_view kChatTarget = "/v1/chat/completions";
constexpr std::string_view kBody =
    R"({"model":"test-model","messages":[{"role":"user","content":"x"}]})";
constexpr std::array kRefusals = {400, 405, 408, 411, 413, 414, 417, 421, 426, 431, 501, 505};
constexpr std::array kHandled = {200, 204, 404, 405};

// The deadlines leave a request of some hundred one-byte writes enough time on a slow machine.
std::string config(const ScriptedUpstream& upstream) {
  return "server: {listen: \"127.0.0.1:0\", threads: 1,\n"
         "  timeouts: {head: 5s, body_idle: 5s, keep_alive: 3s}}\n"
         "control: {listen: \"127.0.0.1:0\"}\n"
         "upstreams: {provider: {base_url: \"" +
         upstream.base_url() +
         "\", api_key: sk-of-the-gateway, timeouts: {connect: 60s}}}\n"
         "models: {test-model: {upstream: provider}, \"*\": {upstream: provider}}\n"
         "chain:\n"
         "  - header: {request: {remove: [x-internal]}}\n"
         "  - log: {records: [exchange]}\n"
         "  - auth: {keys: [{name: tester, key: corpus-test-key}]}\n"
         "  - json_schema: {request: builtin}\n"
         "  - token_limit: {limits: [{per: key, tokens: 100M, every: 1h}]}\n";
}

std::string completion(const std::string& id) {
  return R"({"id":")" + id +
         R"(","object":"chat.completion","created":1750000000,"model":"test-model",)"
         R"("choices":[{"index":0,"message":{"role":"assistant","content":"hi"},)"
         R"("finish_reason":"stop"}],)"
         R"("usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})";
}

template <class List>
bool all_among(const std::vector<int>& statuses, const List& allowed) {
  return std::all_of(statuses.begin(), statuses.end(), [&allowed](int status) {
    return std::find(allowed.begin(), allowed.end(), status) != allowed.end();
  });
}

}  // namespace

RequestLab::RequestLab() : gateway_(config(upstream_)) {
  EXPECT_TRUE(gateway_.started()) << gateway_.errors();
  upstream_.on_every_request([this](UpstreamConnection& c) { answer(c); });
}

void RequestLab::answer(UpstreamConnection& connection) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    id = "chatcmpl-" + std::to_string(++count_);
    unclaimed_.emplace(id, connection.request());
  }
  connection.send(json_reply(200, completion(id)));
}

std::vector<RequestLab::Result> RequestLab::run(const std::vector<Play>& plays) {
  std::vector<Result> results;
  for (const Heard& heard : play_all(gateway_.port(), plays)) {
    EXPECT_TRUE(heard.connected);
    results.push_back(result_of(heard));
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [id, request] : unclaimed_) {
    ADD_FAILURE() << "nobody got the answer to the upstream request\n"
                  << request.head << request.body;
  }
  unclaimed_.clear();
  return results;
}

RequestLab::Result RequestLab::result_of(const Heard& heard) {
  const Answers answers = read_answers(heard.bytes);
  Result result{{}, {}, !heard.ended, answers.clean};
  const std::lock_guard lock(mutex_);
  for (const Answer& each : answers.list) {
    result.statuses.push_back(each.status);
    const auto body = nlohmann::json::parse(each.body, nullptr, /*allow_exceptions=*/false);
    const auto asked = unclaimed_.find(body.is_object() ? body.value("id", "") : "");
    if (asked == unclaimed_.end()) continue;
    const Message& request = asked->second;
    EXPECT_TRUE(request.start_line.starts_with("POST /v1/chat/completions")) << request.start_line;
    EXPECT_FALSE(request.has_field("transfer-encoding"));
    EXPECT_EQ(request.field("authorization"), "Bearer sk-of-the-gateway");
    EXPECT_EQ(request.head.find("corpus-test-key"), std::string::npos) << request.head;
    EXPECT_EQ(request.body.find("SMUGGLED"), std::string::npos) << request.body;
    result.upstream.push_back(request.body);
    unclaimed_.erase(asked);
  }
  return result;
}

std::ostream& operator<<(std::ostream& out, const RequestLab::Result& result) {
  out << "answers";
  for (const int status : result.statuses) out << ' ' << status;
  out << ", " << result.upstream.size() << " upstream";
  for (const std::string& body : result.upstream) out << ' ' << body;
  return out << (result.hung ? ", hung" : "") << (result.clean ? "" : ", not clean");
}

bool RequestLab::serves() const {
  return fetch(gateway_.port(), good_request()).status() == 200;
}

std::string good_request() {
  return post(kChatTarget, kBody, "Authorization: Bearer corpus-test-key\r\n");
}

std::vector<std::string> chats_in(std::string_view bytes) {
  std::vector<std::string> bodies;
  for (const ReadRequest& request : read_strictly(bytes)) {
    const bool chat = request.target.find("/chat/completions") != std::string::npos;
    if (chat && request.method == "POST") bodies.push_back(request.body);
  }
  return bodies;
}

std::string fault_in(const nlohmann::json& entry, const RequestLab::Result& result) {
  const std::string expect = entry.at("expect");
  const std::size_t answers = result.statuses.size();
  if (result.hung) return "the connection hangs";
  if (!result.clean) return "bytes that are no answer";
  if (result.upstream.size() > entry.at("max_upstream")) return "too much reached the upstream";
  if (expect == "reject") {
    if (answers > 1) return "a second answer behind a refusal";
    return all_among(result.statuses, kRefusals) ? "" : "not refused";
  }
  if (expect == "one-request") return "";
  if (answers != entry.value("responses", 1U)) return "a wrong number of answers";
  if (!all_among(result.statuses, kHandled)) return "not handled";
  return result.upstream == chats_in(bytes_of(entry)) ? "" : "the upstream saw something else";
}

}  // namespace penstock::test
