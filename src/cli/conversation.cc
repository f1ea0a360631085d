#include "cli/conversation.h"

#include <httplib.h>
#include <utility>

namespace penstock::cli {

namespace {

using namespace std::chrono_literals;

/// Both http://127.0.0.1:4000 and the base URL of the SDKs, with /v1, are fine.
std::string path_of(const http::Url& url) {
  return url.path + (url.path.ends_with("/v1") ? "" : "/v1") + "/chat/completions";
}

}  // namespace

Conversation::Conversation(Peer peer, Options options)
    : peer_(std::move(peer)), options_(std::move(options)) {
  if (!options_.system.empty()) {
    messages_.push_back({{"role", "system"}, {"content", options_.system}});
  }
}

std::string Conversation::request_body() const {
  const nlohmann::json body{{"model", options_.model},
                            {"stream", options_.delivery == Delivery::kStream},
                            {"messages", messages_}};
  // What was typed or piped in may be no UTF-8.
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Conversation::say(const std::string& message) {
  messages_.push_back({{"role", "user"}, {"content", message}});
  ChatAnswer answer(options_.form);
  httplib::Request request;
  request.method = "POST";
  request.path = path_of(peer_.url);
  request.set_header("Content-Type", "application/json");
  request.body = request_body();
  request.response_handler = [&answer](const httplib::Response& head) {
    answer.begin(head.status, head.get_header_value("Content-Type"));
    return true;
  };
  request.content_receiver = [&answer](const char* data, std::size_t size, std::uint64_t,
                                       std::uint64_t) {
    return answer.take({data, size});
  };
  const auto client = make_client(peer_, {.connect = 5s, .idle = 600s});
  const httplib::Result result = client->send(request);

  std::string problem = answer.began() ? answer.end() : explain(result.error(), peer_);
  if (problem.empty()) {
    messages_.push_back({{"role", "assistant"}, {"content", answer.text()}});
  } else {
    messages_.erase(messages_.size() - 1);
  }
  return problem;
}

}  // namespace penstock::cli
