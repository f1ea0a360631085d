#include "interceptors/json_schema/answer_task.h"

#include <utility>

#include "interceptors/json_schema/paid_body.h"
#include "interceptors/json_schema/repair.h"
#include "interceptors/json_schema/stream_check.h"
#include "json/document.h"
#include "json/scratch.h"

namespace penstock::json_schema {

namespace {

// Of a stream whose content is held back, with all that is around the content.
constexpr std::size_t kMaxHeldBytes = std::size_t{16} << 20;

Fault malformed(std::string what) {
  return {Fault::Kind::kMalformed, "", std::move(what), std::nullopt, ""};
}

Outcome ended(Ending ending) {
  Outcome outcome;
  outcome.ending = ending;
  return outcome;
}

/// A stream under check, and what is told of it.
struct WatchedStream {
  StreamCheck check;
  std::shared_ptr<VerdictNote> note;
  Verdict good;  // what to call it when it fits
  std::optional<Fault> fault;

  Result<void> see(std::string_view bytes) {
    fault = check.see(bytes);
    if (fault) {
      note->set(Verdict::kInvalid);
      return to_error(*fault);
    }
    const Structured* structured = check.structured();
    note->set(structured == nullptr || structured->fits() ? good : Verdict::kSkipped);
    return {};
  }
};

/// Reads on until that much content has come, or the end. What was read goes to `held`.
Result<void> hold_back(Body& body, const WatchedStream& watched, std::uint64_t content_bytes,
                       Cancel& cancel, std::string& held) {
  const Structured* structured = watched.check.structured();
  while (structured != nullptr && structured->bytes() < content_bytes &&
         held.size() < kMaxHeldBytes) {
    auto chunk = body.read({MonotonicTime::max(), &cancel});
    if (!chunk) return std::move(chunk).error();
    if (!*chunk) break;
    held.append((*chunk)->bytes);
  }
  return {};
}

}  // namespace

AnswerTask::AnswerTask(Setup setup, Exchange& x, Next next)
    : setup_(std::move(setup)),
      x_(x),
      next_(next),
      note_(std::make_shared<VerdictNote>(x.remarks(), setup_.verdicts)),
      retries_left_(setup_.expectations ? setup_.options.structured->retry : 0) {}

Result<Response> AnswerTask::run() {
  while (true) {
    auto r = call_once();
    if (!fault_) return r;
    if (retries_left_ == 0 || !prepare_repair()) return refuse();
    --retries_left_;
  }
}

// An answer that may be given out, unless `fault_` says why not.
Result<Response> AnswerTask::call_once() {
  auto r = next_(x_);
  const bool cancelled = !r && r.error().kind == ErrorKind::kCancelled;
  if (!r || r->status < 200 || r->status > 299) {
    // What the client gets is still the report on the answer before.
    if (cancelled) fault_.reset();
    retries_left_ = 0;
    return r;
  }
  fault_.reset();
  if (!r->body.is_stream()) {
    check_whole(*r);
  } else if (auto open = check_stream(*r); !open) {
    r->body = refused_body(std::move(open).error(), used_);
  }
  return r;
}

void AnswerTask::check_whole(Response& r) {
  std::optional<Structured> texts = structured();
  fault_ = find_fault(r.body.whole(), texts);
  if (fault_) return use_up(r, Ending::kComplete);
  if (!texts || texts->fits()) note_->set(good());
  note_->count();
  if (repairing_) r.body = continued_body(std::move(r.body), {}, used_);
}

std::optional<Fault> AnswerTask::find_fault(std::string_view body,
                                            std::optional<Structured>& texts) const {
  if (setup_.well_formed != nullptr && setup_.stream) {
    return malformed("a stream was asked for, and it is none");
  }
  json::Scratch scratch;  // the fiber's own: it may suspend
  const auto answer = json::Document::parse(scratch.copy(body));
  if (!answer) return malformed("it is no JSON: " + answer.error().public_message);
  if (setup_.well_formed != nullptr) {
    if (auto fault = setup_.well_formed->check_answer(x_.request.route, *answer)) return fault;
  }
  simdjson::dom::array choices;
  if (!texts) return std::nullopt;
  if (answer->root()["choices"].get_array().get(choices) != simdjson::SUCCESS) {
    return texts->finish();
  }
  return texts->see_answer(choices);
}

// Error: what ended the stream while it was held back, other than a fault.
Result<void> AnswerTask::check_stream(Response& r) {
  if (setup_.well_formed != nullptr && !setup_.stream) {
    fault_ = malformed("no stream was asked for, and it is one");
    use_up(r, Ending::kUpstreamFailed);
    return {};
  }
  const auto watched = std::make_shared<WatchedStream>(
      WatchedStream{StreamCheck(x_.request.route, setup_.well_formed, structured()), note_, good(),
                    std::nullopt});
  if (setup_.expectations) r.body.keep_chunks();
  r.body.each([watched](const Chunk& chunk) { return watched->see(chunk.bytes); });

  std::string held;
  if (setup_.expectations) {
    auto open = hold_back(r.body, *watched, setup_.options.structured->hold, x_.cancel(), held);
    if (!open) {
      fault_ = std::move(watched->fault);
      const bool left = open.error().kind == ErrorKind::kCancelled;
      use_up(r, left ? Ending::kClientGone : Ending::kUpstreamFailed);
      if (fault_) return {};
      note_->count();
      return open;
    }
  }
  r.body.on_finish([note = note_](const Outcome&) { note->count(); });
  if (repairing_ || !held.empty()) {
    r.body = continued_body(std::move(r.body), std::move(held), used_);
  }
  return {};
}

bool AnswerTask::prepare_repair() {
  if (!fault_->wrong) return false;
  std::string body = with_report(x_.body(), *fault_);
  if (body.empty()) return false;
  x_.replace_body(std::move(body));
  repairing_ = true;
  return true;
}

Response AnswerTask::refuse() {
  note_->set(Verdict::kInvalid);
  note_->count();
  Error error = to_error(*fault_);
  Response response;
  response.status = describe(error.kind).status;
  response.body = refused_body(std::move(error), used_);
  return response;
}

std::optional<Structured> AnswerTask::structured() const {
  if (!setup_.expectations) return std::nullopt;
  return Structured(setup_.expectations, setup_.options.structured->max_content);
}

Verdict AnswerTask::good() const noexcept {
  return repairing_ ? Verdict::kRepaired : Verdict::kValid;
}

// The layers further in hear that this answer is over.
void AnswerTask::use_up(Response& r, Ending ending) {
  used_ = sum(used_, r.body.usage());
  r.body.finish(ended(ending));
}

}  // namespace penstock::json_schema
