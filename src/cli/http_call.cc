#include "cli/http_call.h"

#include <algorithm>
#include <cstdlib>
#include <httplib.h>

#include "penstock/headers.h"

#include "cli/json_text.h"
#include "config/diagnostics.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kMaxAnswerBytes = 4 << 20;
constexpr int kMaxIdleTimes = 4;

}  // namespace

Result<Secret> key_of_environment(const char* name) {
  const char* key = std::getenv(name);
  if (key == nullptr) return Secret();
  if (is_field_value(key)) return Secret(key);
  return config::failure(std::string(name) + " holds a line end or another control character");
}

std::string origin_of(const http::Url& url) {
  return (url.tls ? "https://" : "http://") + url.authority();
}

std::unique_ptr<httplib::Client> make_client(const Peer& peer, const Timeouts& timeouts) {
  auto client = std::make_unique<httplib::Client>(origin_of(peer.url));
  client->set_connection_timeout(timeouts.connect);
  client->set_read_timeout(timeouts.idle);
  client->set_write_timeout(timeouts.idle);
  if (!peer.ca_file.empty()) client->set_ca_cert_path(peer.ca_file.c_str());
  if (!peer.key.empty()) client->set_bearer_token_auth(std::string(peer.key.reveal()).c_str());
  return client;
}

std::string explain(httplib::Error error, const Peer& peer) {
  const std::string url = origin_of(peer.url);
  switch (error) {
    case httplib::Error::Connection:
      return "no connection to " + url + "; is `penstock serve` running there?";
    case httplib::Error::ConnectionTimeout:
      return url + " cannot be reached; is the host right?";
    case httplib::Error::SSLConnection:
      return "the TLS handshake with " + url + " failed; does it speak https?";
    case httplib::Error::SSLServerVerification:
      return "the certificate of " + url +
             " is not trusted for that name; --ca-file names its authority";
    case httplib::Error::SSLLoadingCerts:
      return "no certificate can be read from `" + peer.ca_file + "`, which --ca-file names";
    default:
      return url + " did not answer, or broke off";
  }
}

Result<Answer> call(const Peer& peer, Method method, const std::string& path,
                    const Timeouts& timeouts) {
  const auto give_up = std::chrono::steady_clock::now() + kMaxIdleTimes * timeouts.idle;
  Answer answer;
  httplib::Request request;
  request.method = method == Method::kGet ? "GET" : "POST";
  request.path = peer.url.path + path;
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    answer.body.append(data, size);
    return answer.body.size() <= kMaxAnswerBytes && std::chrono::steady_clock::now() < give_up;
  };
  const auto client = make_client(peer, timeouts);
  const httplib::Result result = client->send(request);
  if (!result) return config::failure(explain(result.error(), peer));
  answer.status = result->status;
  return answer;
}

std::string message_of(const std::string& body) {
  constexpr std::size_t kMaxShown = 200;
  const nlohmann::json answer = parse_json(body);
  const std::string message = text_at(answer, {"error", "message"});
  return message.empty() ? body.substr(0, std::min(body.find('\n'), kMaxShown)) : message;
}

}  // namespace penstock::cli
