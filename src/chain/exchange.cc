#include "penstock/exchange.h"

#include <utility>

#include "json/document.h"
#include "openai/request_facts.h"

namespace penstock {

namespace {

/// Routes on which a request without a body is normal, such as POST /responses/{id}/cancel.
bool may_be_empty(Route route) {
  return route == Route::kResponses || route == Route::kFiles || route == Route::kBatches ||
         route == Route::kModels;
}

bool is_multipart(const Headers& headers) {
  constexpr std::string_view kMultipart = "multipart/";
  const auto type = headers.get("content-type");
  return type && equals_ignoring_case(type->substr(0, kMultipart.size()), kMultipart);
}

bool has_json_body(const Request& request, std::string_view body) {
  if (request.method != "POST" || is_multipart(request.headers)) return false;
  return !body.empty() || !may_be_empty(request.route);
}

}  // namespace

void Remarks::set(std::string_view name, std::string text) {
  for (Remark& remark : all_) {
    if (remark.name == name) {
      remark.text = std::move(text);
      return;
    }
  }
  all_.push_back({name, std::move(text)});
}

Exchange::Exchange(std::string id, const Clock& clock, MonotonicTime started, Cancel& cancel)
    : id_(std::move(id)), clock_(&clock), started_(started), cancel_(&cancel) {}

void Exchange::set_body(std::string body) {
  facts_.reset();
  document_.reset();
  body_ = std::move(body);
  if (body_.capacity() - body_.size() < json::kPadding)
    body_.reserve(body_.size() + json::kPadding);
}

void Exchange::replace_body(std::string body) {
  set_body(std::move(body));
}

void Exchange::release_document() noexcept {
  document_.reset();
}

void Exchange::release_body() {
  document_.reset();
  body_ = std::string();
  body_.reserve(json::kPadding);
}

Result<const json::Document*> Exchange::document() {
  if (!document_) document_ = std::make_shared<json::Document>(TRY(json::Document::parse(body_)));
  return document_.get();
}

Result<const RequestFacts*> Exchange::facts() {
  if (facts_) return &*facts_;
  RequestFacts facts;
  if (has_json_body(request, body_)) {
    const json::Document* parsed = TRY(document());
    facts = TRY(openai::read_facts(*parsed, request.route));
  }
  facts.target = find_target(facts.model);
  return &facts_.emplace(std::move(facts));
}

Deadline Exchange::within(std::chrono::milliseconds timeout) const {
  const MonotonicTime now = clock_->recent();
  const auto left = std::chrono::floor<std::chrono::milliseconds>(MonotonicTime::max() - now);
  return {timeout < left ? now + timeout : MonotonicTime::max(), cancel_};
}

void Exchange::on_answer(UniqueFunction<void(Headers&)> fn) {
  answer_hooks_.push_back(std::move(fn));
}

const std::shared_ptr<Remarks>& Exchange::remarks() {
  if (!remarks_) remarks_ = std::make_shared<Remarks>();
  return remarks_;
}

void Exchange::run_answer_hooks(Headers& headers) {
  while (!answer_hooks_.empty()) {
    auto hook = std::move(answer_hooks_.back());
    answer_hooks_.pop_back();
    hook(headers);
  }
}

}  // namespace penstock
