#include "upstream/provider_error.h"

#include <algorithm>

#include "json/document.h"
#include "upstream/redact.h"

namespace penstock::upstream {

namespace {

constexpr std::size_t kMaxMessageBytes = 1024;

bool has_error_object(const json::Document& document) {
  simdjson::dom::element error;
  return document.root()["error"].get(error) == simdjson::SUCCESS && error.is_object();
}

/// A text that is no error object, or one of another shape, as a message.
std::string message_of(const Result<json::Document>& document, std::string_view text) {
  if (document) {
    for (const char* key : {"error", "detail", "message"}) {
      std::string_view found;
      if (document->root()[key].get(found) == simdjson::SUCCESS) return std::string(found);
    }
  }
  return std::string(text);
}

std::string wrap(std::string message, std::string_view request_id) {
  message.resize(std::min(message.size(), kMaxMessageBytes));
  if (message.empty()) message = "the provider gave no reason";
  std::string out = R"({"error":{"message":)";
  json::append_quoted(out, message);
  out += R"(,"type":"upstream_error","param":null,"code":null,"origin":"provider","request_id":)";
  json::append_quoted(out, request_id);
  return out + "}}";
}

}  // namespace

std::string provider_error_body(std::string_view body, std::string_view request_id,
                                const config::UpstreamOptions& upstream) {
  std::string text = redact(body, upstream);
  const std::size_t size = text.size();
  text.reserve(size + json::kPadding);
  const auto document = json::Document::parse(text);
  if (!document || !has_error_object(*document)) {
    return wrap(message_of(document, text), request_id);
  }
  std::string quoted_id;
  json::append_quoted(quoted_id, request_id);
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string>{"origin", "\"provider\""},
        {"request_id", quoted_id}}) {
    const auto span = json::find_member(text, "error");
    const std::string_view inner = std::string_view(text).substr(span->at, span->size);
    const std::string edited = json::apply(inner, {json::set_member(inner, name, value)});
    text.replace(span->at, span->size, edited);
  }
  return text;
}

}  // namespace penstock::upstream
