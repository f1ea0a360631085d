#include "upstream/outgoing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "http/message_writer.h"
#include "json/document.h"

namespace penstock::upstream {

namespace {

bool streams_chat(const Exchange& x, const RequestFacts& facts) {
  const Route route = x.request.route;
  return facts.stream && (route == Route::kChatCompletions || route == Route::kCompletions);
}

json::Splice ask_for_usage(std::string_view body) {
  std::string options = R"({"include_usage":true})";
  if (const auto span = json::find_member(body, "stream_options")) {
    const std::string_view given = body.substr(span->at, span->size);
    if (given.front() == '{') {
      options = json::apply(given, {json::set_member(given, "include_usage", "true")});
    }
  }
  return json::set_member(body, "stream_options", options);
}

/// Cuts the body at the splices; the texts they insert move to `out`.
void cut(std::string_view body, std::vector<json::Splice> splices, Outgoing& out) {
  std::sort(splices.begin(), splices.end(),
            [](const json::Splice& a, const json::Splice& b) { return a.at < b.at; });
  out.inserted.reserve(splices.size());  // the pieces point into its elements
  std::size_t at = 0;
  for (json::Splice& splice : splices) {
    out.pieces.push_back(body.substr(at, splice.at - at));
    out.pieces.push_back(out.inserted.emplace_back(std::move(splice.insert)));
    at = splice.at + splice.remove;
  }
  out.pieces.push_back(body.substr(at));
}

std::string outgoing_target(const Exchange& x, const config::UpstreamOptions& upstream) {
  std::string target = upstream.base_url.path + x.request.path;
  if (!x.request.query.empty()) target += "?" + x.request.query;
  return target;
}

http::Framing framing_for(const Request& request, std::uint64_t size) {
  const bool bodiless = size == 0 && (request.method == "GET" || request.method == "DELETE");
  if (bodiless) return {};
  return {http::Framing::Kind::kLength, size};
}

}  // namespace

Result<Outgoing> make_outgoing(Exchange& x, const config::UpstreamOptions& upstream) {
  const RequestFacts& facts = *TRY(x.facts());
  Outgoing out;
  std::vector<json::Splice> splices;
  if (!facts.target.model.empty() && facts.target.model != facts.model && !facts.model.empty()) {
    std::string quoted;
    json::append_quoted(quoted, facts.target.model);
    splices.push_back(json::set_member(x.body(), "model", quoted));
  }
  if (streams_chat(x, facts) && !facts.include_usage) {
    splices.push_back(ask_for_usage(x.body()));
    out.asks_usage = true;
  }
  cut(x.body(), std::move(splices), out);

  std::uint64_t size = 0;
  for (const std::string_view piece : out.pieces) size += piece.size();
  const std::string_view key =
      upstream.passthrough ? std::string_view(x.request.credential) : upstream.api_key.reveal();
  const std::string credential = key.empty() ? std::string() : concat({"Bearer ", key});
  const std::array<Headers::Field, 2> own{Headers::Field{"accept-encoding", "identity"},
                                          Headers::Field{"authorization", credential}};
  http::write_request_head(out.head, x.request.method, outgoing_target(x, upstream),
                           upstream.base_url.authority(), x.request.headers,
                           framing_for(x.request, size),
                           std::span(own).first(credential.empty() ? 1 : 2));
  return out;
}

}  // namespace penstock::upstream
